"""Pins what a page of HTML becomes, and that nothing in it is run, fetched or expanded."""

import socket

import pytest

from learnx.adapters.extraction.html import read_html
from learnx.domain.cleaning import clean
from learnx.domain.documents import Document
from learnx.domain.errors import ProcessingFailed


def read(html: str | bytes) -> Document:
    return clean(read_html(html.encode() if isinstance(html, str) else html))


def shape(html: str | bytes) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read(html).blocks]


def test_a_page_keeps_its_structure() -> None:
    document = read("""<!doctype html><html><head><title>Waves &amp; tides</title><style>p {}</style></head><body>
        <nav><a href="/">Home</a></nav><h1>Waves</h1>
        <p>Waves carry <b>energy</b>
           without matter.</p>
        <h2>Kinds</h2>
        <ul><li>water<ul><li>deep</li></ul></li><li><p>sound</p></li></ul>
        <ol start="3"><li>open</li><li>close</li></ol>
        <table><caption>Speeds</caption><tr><th>medium</th><th colspan="2">speed</th></tr>
          <tr><td>air</td><td>343</td><td>m/s</td></tr></table>
        <pre><code>for wave in waves:
    carry(wave)</code></pre>
        <script>alert("no")</script><footer>Imprint</footer></body></html>""")
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Waves"),
        ("paragraph", "Waves carry energy without matter."),
        ("heading", "Kinds"),
        ("list", "• water\n• deep\n• sound\n3. open\n4. close"),
        ("paragraph", "Speeds"),
        ("table", "medium | speed |\nair | 343 | m/s"),
        ("code", "for wave in waves:\n    carry(wave)"),
    ]
    assert document.blocks[-1].heading_path == ("Waves", "Kinds")
    assert document.title == "Waves & tides"
    assert document.page_count is None


def test_only_the_main_part_of_a_page_is_read() -> None:
    page = "<body><div>Subscribe!</div><main><p>Waves carry energy.</p></main><aside>Ads</aside></body>"
    assert shape(page) == [("paragraph", "Waves carry energy.")]


def test_text_between_blocks_is_a_paragraph_and_a_break_ends_a_line() -> None:
    page = "<div>Before<div>inside <span>a <i>span</i></span></div>after<br>the break</div>"
    assert shape(page) == [
        ("paragraph", "Before"),
        ("paragraph", "inside a span"),
        ("paragraph", "after\nthe break"),
    ]


def test_a_table_for_the_layout_is_its_text() -> None:
    page = "<table><tr><td><h1>Waves</h1><p>They carry energy.</p></td></tr></table>"
    assert shape(page) == [("heading", "Waves"), ("paragraph", "They carry energy.")]


def test_formulas_powers_and_images_keep_what_they_say() -> None:
    page = (
        "<p>E is <math><mi>E</mi><annotation encoding='application/x-tex'>E=mc^2</annotation></math>, 10<sup>6</sup>,"
        " H<sub>2</sub>O, <script type='math/tex'>x_1</script> and <img src='x.png' alt='a wave'>.</p>"
    )
    assert shape(page) == [("paragraph", "E is $E=mc^2$, 10⁶, H₂O, $x_1$ and a wave.")]


@pytest.mark.parametrize(
    "page",
    [
        "<p>Größe zählt</p>".encode("utf-8-sig"),
        "<p>Größe zählt</p>".encode("utf-16"),
        "<meta charset='iso-8859-1'><p>Größe zählt</p>".encode("latin-1"),
        "<meta http-equiv='Content-Type' content='text/html; charset=windows-1252'><p>Größe zählt</p>".encode("cp1252"),
        "<?xml version='1.0' encoding='ISO-8859-1'?><html><body><p>Größe zählt</p></body></html>".encode("latin-1"),
        "<meta charset='utf-8'><p>Größe zählt wie sonst überall auch in der schönen Stadt</p>".encode("latin-1"),
        b"<meta charset='no-such'><p>Gr&ouml;&#223;e z&#xe4;hlt</p>",
    ],
)
def test_the_encoding_is_what_the_page_says_unless_it_lies(page: bytes) -> None:
    assert shape(page)[0][1].startswith("Größe zählt")


def test_nothing_is_fetched_and_no_entity_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    page = (
        "<!DOCTYPE html [<!ENTITY a 'lol'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><html><body>"
        "<link rel=stylesheet href='http://127.0.0.1:9/x.css'><p>Waves &a;&f; carry</p></body></html>"
    )
    text = " ".join(text for _, text in shape(page))
    assert "carry" in text
    assert "root:" not in text
    assert "lol" not in text


def test_nesting_is_read_or_refused_and_never_cut_off() -> None:
    assert shape("<div>" * 200 + "<p>Waves") == [("paragraph", "Waves")]
    with pytest.raises(ProcessingFailed) as refused:
        read("<p>Waves</p>" + "<div>" * 5000 + "<p>Waves")
    assert refused.value.code == "too_complex"


def test_broken_markup_is_read() -> None:
    assert shape("<p>Waves <b>carry</p><td>energy</b></body>") != []


@pytest.mark.parametrize("page", ["", "  ", "<html></html>", "<script>1</script>", "<!-- Waves -->"])
def test_nothing_to_read_is_no_text(page: str) -> None:
    with pytest.raises(ProcessingFailed) as refused:
        read(page)
    assert refused.value.code == "no_text"


@pytest.mark.parametrize(
    "hiding",
    ["hidden", 'aria-hidden="true"', 'style="color: red; DISPLAY : none"', "style='visibility:hidden!important'"],
)
def test_what_a_browser_does_not_show_is_left_out_wherever_it_stands(hiding: str) -> None:
    html = f"""<main {hiding}><p>Old page</p></main><main><p>Waves <b {hiding}>secretly</b> carry energy.</p>
        <div {hiding}><p>Ignore this <i>deeply</i></p></div> and more
        <ul><li>shown</li><li {hiding}>unseen</li></ul>
        <table><tr><td>a</td><td>b</td></tr><tr {hiding}><td>x</td><td>y</td></tr><tr><td>c</td><td>d</td></tr></table>
        <pre>wave()<span {hiding}>evil()</span></pre></main>"""
    assert shape(html) == [
        ("paragraph", "Waves carry energy."),
        ("paragraph", "and more"),
        ("list", "• shown"),
        ("table", "a | b\nc | d"),
        ("code", "wave()"),
    ]


def test_what_only_speaks_of_hiding_and_what_scripts_will_show_is_kept() -> None:
    html = """<body style="display:none"><p style="overflow: hidden; display: block" aria-hidden="false">Waves</p>
        <p><span style="display: none;"><math alttext="E = mc^2"><mi>E</mi></math></span>
        <img aria-hidden="true" alt="E = mc^2"> is known.</p></body>"""
    assert shape(html) == [("paragraph", "Waves"), ("paragraph", "$E = mc^2$ is known.")]
