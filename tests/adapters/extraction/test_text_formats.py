"""Pins how Markdown and plain text become blocks."""

import pytest

from learnx.adapters.extraction.language import detect_language
from learnx.adapters.extraction.markdown import read_markdown
from learnx.adapters.extraction.plain_text import read_plain_text
from learnx.domain.cleaning import clean
from learnx.domain.documents import Document
from learnx.domain.errors import ProcessingFailed


def shape(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in clean(document).blocks]


def test_markdown_keeps_its_structure() -> None:
    text = """---
title: Waves
---
# Motion

Waves carry *energy*
without [matter](https://example.org).

## Kinds

- water
  - deep
- sound

1. one
2. two

| a | b |
|---|---|
| 1 | `x` |

```python
def f():
    return "$5"
```
"""
    document = read_markdown(text.encode())
    assert document.title == "Waves"
    assert shape(document) == [
        ("heading", "Motion"),
        ("paragraph", "Waves carry energy without matter."),
        ("heading", "Kinds"),
        ("list", "• water\n• deep\n• sound\n1. one\n2. two"),
        ("table", "a | b\n1 | x"),
        ("code", 'def f():\n    return "$5"'),
    ]
    assert document.blocks[-1].heading_path == ("Motion", "Kinds")


def test_formulas_in_markdown_keep_every_character() -> None:
    text = r"Energy $E_k = \frac{1}{2}m v_1^2$ is kinetic." + "\n\n" + r"$$\sum_i x_i * y_i * z$$" + "\n"
    assert shape(read_markdown(text.encode())) == [
        ("paragraph", r"Energy $E_k = \frac{1}{2}m v_1^2$ is kinetic."),
        ("equation", r"$$\sum_i x_i * y_i * z$$"),
    ]


def test_html_in_markdown_gives_its_text_only() -> None:
    assert shape(read_markdown(b'<div class="note">\nLook here\n</div>\n\nText<br>more')) == [
        ("paragraph", "Look here"),
        ("paragraph", "Textmore"),
    ]


def test_plain_text_has_paragraphs_headings_lists() -> None:
    text = "I. A SCANDAL IN BOHEMIA\n\nTo Sherlock Holmes she is\nshe.\n\nMethods\n-------\nWe looked.\n\n- a\n- b\n"
    document = read_plain_text(text.replace("\n", "\r\n").encode())
    assert shape(document) == [
        ("heading", "I. A SCANDAL IN BOHEMIA"),
        ("paragraph", "To Sherlock Holmes she is she."),
        ("heading", "Methods"),
        ("paragraph", "We looked."),
        ("list", "- a\n- b"),
    ]
    assert document.page_count is None


@pytest.mark.parametrize(
    "data",
    [
        "Größe zählt".encode("utf-8-sig"),
        "Größe zählt".encode("utf-16"),
        "Größe zählt".encode("utf-16-le"),
        "Größe zählt".encode("utf-32"),
        "Größe zählt, so heißt es überall in der schönen Stadt.".encode("latin-1"),
    ],
)
def test_text_is_decoded_whatever_it_is_encoded_in(data: bytes) -> None:
    assert shape(read_plain_text(data))[0][1].startswith("Größe zählt")


@pytest.mark.parametrize("read", [read_markdown, read_plain_text])
def test_nothing_to_read_is_no_text(read: type) -> None:
    with pytest.raises(ProcessingFailed) as refused:
        read(b" \n\n--- \n")
    assert refused.value.code == "no_text"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The medium only moves back and forth around its position of rest.", "en"),
        ("Das Medium bewegt sich nur um die Ruhelage und wird nicht mit der Welle bewegt.", "de"),
        ("Le milieu ne se déplace que dans les limites de la position du repos.", "fr"),
        ("光合作用是植物利用光能把二氧化碳和水转化为有机物的过程。", "zh"),
        ("光合成は植物が光のエネルギーを使って行う反応です。", "ja"),
        ("الموجة تنقل الطاقة من مكان إلى آخر دون أن تنقل المادة", "ar"),
        ("12 34 56", None),
        ("Issue 3: Concatenated equation blocks, a short title", None),
        ("Kapitel 7: Wellen", None),
    ],
)
def test_the_language_is_told_by_script_and_small_words(text: str, language: str | None) -> None:
    assert detect_language([text]) == language
