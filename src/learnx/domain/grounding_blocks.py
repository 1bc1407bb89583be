"""Whether a table, a block of code or an equation really stands in the excerpts: it has no sentences to be compared."""

import re
from collections.abc import Callable, Sequence

from learnx.domain.claims import Claim, claim, unsupported_specific
from learnx.domain.evidence import Support
from learnx.domain.formulas import comparable_formula
from learnx.domain.model_text import BlockKind
from learnx.domain.passages import ExcerptIndex, Passage, Passages
from learnx.domain.specifics import specifics
from learnx.domain.support import support
from learnx.domain.terms import terms

_FENCE = re.compile(r"\A\s*(?:```|~~~)[ \t]*[\w+#.-]*|(?:```|~~~)\s*\Z")
_RULE_ROW = re.compile(r"[\s|:+-]*")
#: The longest equation, in sentences of an excerpt: extraction breaks lines within them.
_MOST_PASSAGES = 3
_HEADER_SHARE = 0.5


def block_supports(
    kind: BlockKind, claimed: Claim, excerpts: Sequence[ExcerptIndex], passages: Passages
) -> tuple[list[Support], str]:
    """The passages that hold the whole block, or the reason why it can't stand.

    Code stands there letter by letter but for white space, an equation as a formula; of a table each row stands there
    letter by letter, or passes as a sentence.
    """
    lacking = unsupported_specific(claimed, excerpts, passages) if kind == "equation" else None
    if lacking:
        return [], f"The excerpts it cites don't have {lacking}."
    if kind == "code":
        found = _verbatim(_FENCE.sub("", claimed.text), excerpts, lambda char: not char.isspace())
    elif kind == "equation":
        found = _equation(claimed, excerpts)
    else:
        found = _table(claimed.text, excerpts, passages)
    return _grouped(found), "" if found else f"The excerpts it cites don't have this {kind}."


def _verbatim(wanted: str, excerpts: Sequence[ExcerptIndex], kept: Callable[[str], bool]) -> list[Passage]:
    needle = "".join(filter(kept, wanted))
    if sum(map(str.isalnum, needle)) < 2:
        return []
    for excerpt in excerpts:
        places = [place for place, char in enumerate(excerpt.chunk.text) if kept(char)]
        at = "".join(excerpt.chunk.text[place] for place in places).find(needle)
        if at >= 0:
            start, end = places[at], places[at + len(needle) - 1]
            return [passage for passage in excerpt.passages if passage.start <= end and passage.end > start]
    return []


def _equation(claimed: Claim, excerpts: Sequence[ExcerptIndex]) -> list[Passage]:
    wanted = claimed.specifics.formulas
    if not wanted:
        return []
    for length in range(1, _MOST_PASSAGES + 1):
        for excerpt in excerpts:
            for first in range(len(excerpt.passages) - length + 1):
                window = excerpt.passages[first : first + length]
                text = comparable_formula(excerpt.chunk.text[window[0].start : window[-1].end])
                if all(formula in text for formula in wanted):
                    return window
    return []


def _table(text: str, excerpts: Sequence[ExcerptIndex], passages: Passages) -> list[Passage]:
    rows = [row.strip().strip("|").strip() for row in text.splitlines()]
    ruled = any(row and _RULE_ROW.fullmatch(row) for row in rows)
    rows = [row for row in rows if row and not _RULE_ROW.fullmatch(row)]
    head, body = (rows[:1], rows[1:]) if ruled and len(rows) > 1 else ([], rows)
    known = [term in passages.vocabulary for row in head for term in terms(row)]
    if sum(known) < _HEADER_SHARE * len(known):
        return []
    if any(unsupported_specific(claim(row, specifics(row)), excerpts, passages) for row in head):
        return []
    found: list[Passage] = []
    for row in body:
        holding = _verbatim(row, excerpts, str.isalnum) or _as_sentence(row, excerpts, passages)
        if not holding:
            return []
        found.extend(holding)
    return found


def _as_sentence(row: str, excerpts: Sequence[ExcerptIndex], passages: Passages) -> list[Passage]:
    claimed = claim(row, specifics(row))
    if unsupported_specific(claimed, excerpts, passages):
        return []
    found = (support(claimed, passages, excerpt.number) for excerpt in excerpts)
    holding = next((item for item in found if isinstance(item, Support)), None)
    if holding is None or (len(holding.passages) > 1 and any("|" in passage.text for passage in holding.passages)):
        return []  # one cell of this row and one of that make no row
    held = [value for passage in holding.passages for number in passage.numbers for value in number.values]
    return list(holding.passages) if all(number.values & set(held) for number in claimed.specifics.numbers) else []


def _grouped(found: Sequence[Passage]) -> list[Support]:
    """One support for each run of consecutive passages, in reading order."""
    runs: list[list[Passage]] = []
    for passage in sorted(frozenset(found), key=lambda item: (item.excerpt.number, item.number)):
        last = runs[-1][-1] if runs else None
        if last and last.excerpt is passage.excerpt and passage.number == last.number + 1:
            runs[-1].append(passage)
        else:
            runs.append([passage])
    return [Support(run, 1.0) for run in runs]
