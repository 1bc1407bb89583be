"""Which sentences of a passage say something: questions, exercises, captions and lines of contents answer nothing."""

import re
from collections.abc import Sequence

Span = tuple[int, int]

_ENDS = re.compile(r"[.!?…:;。！？؟۔।][\W\d]*$")
_ROW = " | "
#: A line that goes on in the next has at least so many characters; shorter ones may be items of a list.
_PRINTED_LINE = 40
_ASKS = re.compile(r"[?？؟]\W*$")
#: "1.2 Title ..... 14", "1.2 Title 14"
_CONTENTS = re.compile(r"(?:\.[ \t]*){4,}|^\s*\d+(?:\.\d+)+\s+[A-ZÀ-Þ][^.!?]*\s\d{1,4}\s*$")
#: "Figure 3.", "Table 1: Rates" or "Box 2 Cells", and no "Figure 3 shows".
_CAPTION = re.compile(
    r"^\W*(?:fig(?:ure|ura|\.)?|tab(?:le|\.)|tabelle|tabla|tableau|abb(?:ildung|\.)|listing|chart|plate|scheme|box|diagram"
    r"|exhibit|algorithm)\s*(?-i:[A-Z])?\d+(?:[.\-–]\d+)*(?:\s*\(?[a-z]\)?)?\s*(?:[:.–—|-](?=\s|$)|(?-i:[A-Z])|$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*\(?(?:\d{1,3}|[a-z])[.)]\s")
_SUPPOSITION = re.compile(
    r"^\W*(?:(?:now|first|next),? )?(?:suppose|assume|imagine|consider|let us|let['’]s|let \S+ (?:be|=)|take \S+ =)",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^\W*(?:\(?(?:\d{1,3}|[a-z])[.)]\s+)?(?:explain|describe|discuss|calculate|compute|define|outline|prove|show that"
    r"|(?:list|name|state|give|identify) (?:the|an?|two|three|four|five|some|reasons?|examples?))\b",
    re.IGNORECASE,
)


def whole_sentences(text: str, spans: Sequence[Span]) -> list[Span]:
    """Those that a printed line or page cuts in two, as one: the first has no stop, the second no capital."""
    found: list[Span] = []
    for start, end in spans:
        before = text[found[-1][0] : found[-1][1]] if found else "."
        rest = text[start:end]
        is_cut = len(before) >= _PRINTED_LINE and not _ENDS.search(before)
        if is_cut and rest[:1].islower() and _ROW not in before + rest:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def asserts(text: str, spans: Sequence[Span], at: int) -> bool:
    """Whether the sentence at this place of ``spans`` could answer something."""
    said = text[slice(*spans[at])]
    if _ASKS.search(said) or _CONTENTS.search(said) or is_caption(said) or _TASK.match(said) or is_supposition(said):
        return False
    return not (_heads_a_table(text, spans, at) or _leads_to_a_question(text, spans, at))


def is_caption(said: str) -> bool:
    """Be it alone or before what it shows."""
    return _CAPTION.match(said) is not None


def is_supposition(said: str) -> bool:
    """What an example starts from: no fact, and nothing without what follows it."""
    return _SUPPOSITION.match(said) is not None


def is_unfinished(said: str) -> bool:
    """A heading, a row, a line of a slide: it has no stop."""
    return not _ENDS.search(said)


def _heads_a_table(text: str, spans: Sequence[Span], at: int) -> bool:
    """The first of rows of as many cells, where it alone has no figures."""
    rows = [text[slice(*span)] for span in spans[at : at + 2]]
    before = text[slice(*spans[at - 1])] if at else ""
    cells = [row.count(_ROW) for row in rows]
    figures = [any(map(str.isdigit, row)) for row in rows]
    return cells[0] > 0 and cells[1:] == cells[:1] != [before.count(_ROW)] and figures == [False, True]


def _leads_to_a_question(text: str, spans: Sequence[Span], at: int) -> bool:
    """What a numbered exercise says before it asks."""
    line = text.rfind("\n", 0, spans[at][0]) + 1
    if not _NUMBERED.match(text[line:]):
        return False
    end = text.find("\n", spans[at][1])
    following = [text[slice(*span)] for span in spans[at + 1 :] if end < 0 or span[0] < end]
    return any(_ASKS.search(one) for one in following)
