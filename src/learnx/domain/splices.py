"""Whether a sentence runs on from one statement of the document into the middle of another."""

from collections.abc import Iterator, Sequence

from learnx.domain.claims import Claim
from learnx.domain.clauses import BOUNDARIES
from learnx.domain.kinship import root
from learnx.domain.passages import Passage, Passages

#: So many terms in a row from another sentence are no coincidence.
_RUN = 3


def spliced(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """Says in words where, for the model that has to write the sentence again.

    Two whole statements may be joined where a clause begins, if both of them are in ``window``.
    """
    main = max(window, key=lambda passage: sum(term in passage.terms for term in claimed.terms))
    for run, joined in _runs(claimed, main):
        for other in _holding(run, passages):
            if other is not main and not (joined and other in window):
                return f"its passage does not go on with “{run[0]}”"
    return None


def _runs(claimed: Claim, main: Passage) -> Iterator[tuple[list[str], bool]]:
    """Terms in a row that the main sentence lacks, and whether a clause begins with them."""
    run: list[str] = []
    joined = boundary = True
    for raw, term in zip(claimed.wording.raw, claimed.wording.stems, strict=True):
        if raw.lower() in BOUNDARIES:
            boundary = True
        if not term:
            continue
        if term in main.terms or root(term) in main.roots:
            if len(run) >= _RUN:
                yield run, joined
            run = []
        else:
            joined = boundary if not run else joined
            run.append(term)
        boundary = False
    if len(run) >= _RUN:
        yield run, joined


def _holding(run: Sequence[str], passages: Passages) -> list[Passage]:
    """The sentences that have all terms of the run, or of its last ones: the first may be the reader's own."""
    found = [passages.containing.get(term, ()) for term in run]
    rarest = min(found, key=len)
    return [passage for passage in rarest if all(term in passage.terms for term in run)]
