"""Where one statement of a sentence ends and the next begins, so that each can be looked for by itself."""

from learnx.domain.terms import word_list
from learnx.domain.wording import Wording

BOUNDARIES = frozenset(",;:()—–") | frozenset(
    word_list("""
    and but or which who whose that while whereas because although though so since when where if as then before after
    until than yet nor thus therefore however for including
    """)
)
#: A clause of fewer content words belongs to the one before it.
_LEAST = 3


def clauses(wording: Wording) -> tuple[frozenset[str], ...]:
    """The content stems of each clause, in order."""
    found: list[set[str]] = [set()]
    for raw, content in zip(wording.raw, wording.stems, strict=True):
        if raw.lower() in BOUNDARIES and len(found[-1]) >= _LEAST:
            found.append(set())
        if content:
            found[-1].add(content)
    if len(found) > 1 and len(found[-1]) < _LEAST:
        last = found.pop()
        found[-1] |= last
    return tuple(map(frozenset, found))
