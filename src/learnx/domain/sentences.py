"""Where sentences end, so that nothing that is chunked, quoted or verified is ever cut in the middle of one."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Never the end of a sentence, whatever follows: they introduce a name, an example or a thing with a number.
_INTRODUCING = _words("""
    dr mr mrs ms prof rev hon fr messrs gen col lt sgt capt cmdr gov sen rep pres
    fig figs eq eqs eqn eqns secs sect vol vols thm lem prop
    e.g i.e eg ie cf vs v viz resp approx ca c incl esp
    z.b d.h u.a bzw vgl abb bspw evtl ggf sog kap p.ej pág núm
""")
#: The same, but only before a number: many of them are words as well.
_NUMBERING = _words("no nos nr sec p pp para art app ex ch chap tab ref refs min max def")
#: The end of a sentence only before a word that mostly starts one.
_AMBIGUOUS = _words("""
    al inc ltd co corp jr sr bros dept univ est assn ave blvd rd st ph.d m.d b.a m.a b.sc m.sc
    jan feb mar apr jun jul aug sep sept oct nov dec ed eds trans
""")
_STARTERS = _words("""
    the a an this that these those it its he she they we you i there here in on at by for from with without within
    as if when while where because since although though after before during however therefore thus hence moreover
    furthermore finally first second third next then so but and or yet most many some all each every both one two
    what why how who which no not to let note see our their his her such another other under over between through
""")

_CLOSERS = r"[\"'”’»)\]}」』）】〉》]"
#: Markers and note numbers that follow a stop belong to its sentence: ``.[12]``, ``. [3, 5]``, ``. [~]``.
_REFERENCE = r"(?:[ ]?\[(?:~|\d+(?:\s*[,;–-]\s*\d+)*)\])"
_STOP = re.compile(
    rf"(?:\.(?:[ ]\.)++|[.!?…؟۔।]++){_CLOSERS}*+{_REFERENCE}*+(?=\s|\Z)"  # scripts that put a space after a stop
    rf"|[。！？｡]++{_CLOSERS}*+"  # and those that don't
)
_BETWEEN_WORDS = re.compile(r"[\s\"'“”‘’«»()\[\]{}—–/]")
_LONGEST_WORD = 24
_NEXT = re.compile(r"\s*[\"'“‘«(\[{「『（【¿¡*_]*([^\W_]*)")
_LINE = re.compile(r"[^\s](?:[^\n]*(?:(?<=  )\n[^\n]*)*[^\s])?")
_LABEL = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a cleaned text as (start, end), in order: no overlap, and only white space lies between them.

    A line break ends a sentence: cleaning leaves those alone that divide items, rows and lines of code. One inside a
    row (``LINE_BREAK``, two spaces before it) doesn't. Otherwise a stop ends one, with the quotes, brackets and
    reference marks that close it, unless it belongs to an abbreviation, an initial, a number or an ellipsis in
    mid-sentence, leads to a page number, or a small letter follows.
    Rules, not a model: after Kiss & Strunk, "Unsupervised Multilingual Sentence Boundary Detection" (2006).
    """
    return [span for line in _LINE.finditer(text) for span in _sentences_of_line(text, line.start(), line.end())]


def _sentences_of_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for stop in _STOP.finditer(text, start, end):
        if stop.end() == end:
            break
        if _ends_sentence(text, start, stop, end):
            spans.append((start, stop.end()))
            start = stop.end()
            while text[start].isspace():
                start += 1
    spans.append((start, end))
    return spans


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    mark = stop[0]
    if mark[0] in "。！？｡":
        return True
    following = _NEXT.match(text, stop.end(), end)
    word = following[1] if following else ""
    if word[:1].islower():
        return False
    if mark[0] == "…" or mark.startswith(("..", ". .")):
        return bool(word) and not word[0].isdigit()
    if mark[0] != ".":
        return True
    if word[:1].isdigit() and text[stop.start() - 1 : stop.start()].isspace():  # a dot that leads to a page number
        return False
    before = _BETWEEN_WORDS.split(text[max(start, stop.start() - _LONGEST_WORD) : stop.start()])[-1]
    return _ends_after(before, word, opens=stop.start() - len(before) == start)


def _ends_after(before: str, following: str, *, opens: bool) -> bool:
    """Whether a full stop between two words ends a sentence; ``opens``: the word before starts its line."""
    if opens and _LABEL.fullmatch(before):
        return False
    abbreviation = before.lower()
    initial = len(before) == 1 and before.isupper()
    if abbreviation in _INTRODUCING and not initial:
        return False
    if abbreviation in _NUMBERING and following[:1].isdigit():
        return False
    if initial or abbreviation in _AMBIGUOUS or ("." in before and not before[0].isdigit()):
        return following.lower() in _STARTERS
    return True
