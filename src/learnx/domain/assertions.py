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
_CAPTION = re.compile(
    r"^\W*(?:fig(?:ure|\.)?|tab(?:le|\.)|box|chart|diagram|listing|plate|exhibit|abb(?:ildung|\.)|tabelle|figura|tabla"
    r"|tableau)\s*\d+(?:[.\-–]\d+)*[a-z]?\s*(?:[:.–—|-](?=\s|$)|(?-i:[A-Z])|$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*\(?(?:\d{1,3}|[a-z])[.)]\s")
#: What an example starts from is no fact.
_ASSUMPTION = re.compile(r"^\W*(?:suppose|assume|imagine|let us|let['’]s|let \S+ (?:be|=)|take \S+ =)", re.IGNORECASE)
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
    if (
        _ASKS.search(said)
        or _CONTENTS.search(said)
        or _CAPTION.match(said)
        or _TASK.match(said)
        or _ASSUMPTION.match(said)
    ):
        return False
    return not (_heads_a_table(text, spans, at) or _leads_to_a_question(text, spans, at))


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
