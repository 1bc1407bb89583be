"""Whether a sentence runs on from what its passage says into something else, of the document or of none."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from learnx.domain.claims import Claim, written_out
from learnx.domain.clauses import BOUNDARIES
from learnx.domain.evidence import context_terms, is_kin
from learnx.domain.general_words import GENERAL
from learnx.domain.kinship import root
from learnx.domain.passages import ExcerptIndex, Passage, Passages
from learnx.domain.synonyms import synonyms
from learnx.domain.terms import stem

#: So many content words in a row from another sentence are no coincidence; nor are so many that a passage has in no
#: form: who retells it puts words of his own between its words.
RUN = 3
#: So many words of a run that is in no passage are no words of general English.
_TELLING = 2
#: A clause of which a passage holds less than this share, by weight, is about something else, unless one of so many
#: sentences before it raises that. Chosen on even-numbered items: 3 of 425 paraphrases are lost, and of 15 clauses of
#: which no excerpt says anything, each added to a true sentence, 14 are refused.
_CLAUSE, _CLAUSE_WITH_ONE_BEFORE, _BEFORE = 0.3, 0.5, 3


class Splice(NamedTuple):
    """``joined``: the other statement begins with a clause, so that a longer passage may hold both."""

    word: str
    joined: bool


def spliced(claimed: Claim, window: Sequence[Passage], passages: Passages) -> Splice | None:
    """The first word of what runs on.

    Two whole statements may be joined where a clause begins, if both of them are in ``window``.
    """
    main = max(window, key=lambda passage: sum(term in passage.terms for term in claimed.terms))
    for run, joined, before in _runs(claimed, main, passages):
        for other in _holding(run, passages):
            if other is not main and not (joined and other in window):
                return Splice(run[0], joined and _follows(other, main) and before in other.terms)
    return None


def unheld(claimed: Claim, window: Sequence[Passage], passages: Passages) -> list[str]:
    """The first words in a row that a passage holds in none of their forms and synonyms, nor takes for granted."""
    near = context_terms(window) | written_out(claimed, window, passages)
    lacking = {
        term
        for term in claimed.terms - claimed.quantities - near
        if not any(_holds(passage, term, passages) for passage in window)
    }
    if not lacking:
        return []
    run: list[tuple[str, str]] = []
    for raw, term in zip(claimed.wording.raw, claimed.wording.stems, strict=True):
        if not term or term in claimed.quantities:
            continue
        run = [*run, (raw, term)] if term in lacking else []
        if len(run) >= RUN and sum(term not in GENERAL for _, term in run) >= _TELLING:
            return [raw for raw, _ in run]
    return []


def foreign_clause(claimed: Claim, window: Sequence[Passage], passages: Passages) -> bool:
    """Whether a clause of a claim hardly has to do with its passage, nor with one sentence shortly before it."""
    written = written_out(claimed, window, passages)
    first = window[0]
    before = first.excerpt.passages[max(0, first.number - _BEFORE) : first.number]
    for clause in claimed.clauses:
        terms = clause - claimed.quantities
        if len(claimed.clauses) == 1 or len(terms) < RUN:
            continue
        total = sum(map(passages.weight, terms))
        missing = [
            term for term in terms if term not in written and not any(_holds(item, term, passages) for item in window)
        ]
        lost = sum(map(passages.weight, missing))
        if lost <= (1 - _CLAUSE) * total:
            continue
        held = [sum(passages.weight(term) for term in missing if _holds(item, term, passages)) for item in before]
        if total - lost + max(held, default=0.0) < _CLAUSE_WITH_ONE_BEFORE * total:
            return True
    return False


def is_nowhere(run: Sequence[str], excerpt: ExcerptIndex, passages: Passages) -> bool:
    """Whether no sentence of an excerpt has any of these words, so that none of its passages could hold them."""
    terms = [stem(raw.lower()) for raw in run]
    return not any(_holds(passage, term, passages) for term in terms for passage in excerpt.passages)


def _holds(passage: Passage, term: str, passages: Passages) -> bool:
    return term in passage.terms or is_kin(term, passage, passages) or not synonyms(term).isdisjoint(passage.terms)


def _follows(one: Passage, other: Passage) -> bool:
    return one.excerpt is other.excerpt and abs(one.number - other.number) == 1


def _runs(claimed: Claim, main: Passage, passages: Passages) -> Iterator[tuple[list[str], bool, str]]:
    """Terms in a row that the main sentence lacks, whether a clause begins with them, and the term before them."""
    run: list[str] = []
    before = ""
    joined = boundary = True
    written = written_out(claimed, [main], passages)
    for raw, term in zip(claimed.wording.raw, claimed.wording.stems, strict=True):
        if raw.lower() in BOUNDARIES:
            boundary = True
        if not term:
            continue
        if term in main.terms or term in written or root(term) in main.roots:
            if len(run) >= RUN:
                yield run, joined, before
            run, before = [], term
        else:
            joined = boundary if not run else joined
            run.append(term)
        boundary = False
    if len(run) >= RUN:
        yield run, joined, before


def _holding(run: Sequence[str], passages: Passages) -> list[Passage]:
    """The sentences that have all terms of the run, or of its last ones: the first may be the reader's own."""
    found = [passages.containing.get(term, ()) for term in run]
    rarest = min(found, key=len)
    return [passage for passage in rarest if all(term in passage.terms for term in run)]
