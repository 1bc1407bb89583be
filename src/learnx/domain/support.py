"""Finds the passage of an excerpt that says what a claim says: its content, its specifics in their places, unturned."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from learnx.domain.additions import added
from learnx.domain.anchors import Misplaced, exchanged_name, misplaced_number
from learnx.domain.bounds import exchanged_bound
from learnx.domain.claims import Claim, claim, is_among, is_spelled_out, written_out
from learnx.domain.copies import altered_copy
from learnx.domain.crossings import crossed
from learnx.domain.evidence import Support, candidates, exchanged_term, threshold
from learnx.domain.function_words import exchanged_function_word
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.pairings import exchanged_pairing
from learnx.domain.passages import Passage, Passages
from learnx.domain.predicates import wrongly_predicated
from learnx.domain.quantifiers import exchanged_quantifier
from learnx.domain.roles import swapped_roles
from learnx.domain.sides import exchanged_sides
from learnx.domain.specifics import acronym_key, dates, specifics
from learnx.domain.splices import foreign_clause, is_nowhere, spliced, unheld
from learnx.domain.strong_words import too_strong
from learnx.domain.terms import folded, stem, words
from learnx.domain.turned import turned

_NOT_SAID = "The excerpts it cites don't say this."
#: Where no sentence of an excerpt alone holds so much, several don't either: of 1,100 even-numbered sentences for which
#: the best held less than 0.4 none was supported.
_ALONE = 0.35
#: So many passages of an excerpt are looked at closely.
_TRIED = 4
#: A passage that holds so much less than the best one is not what the claim is about.
_BEHIND = 0.1
#: A name may be taken from so many sentences before its passage ("He was born …").
_ANTECEDENTS = 3
_JOINT = re.compile(r";|,? (?:and|but|while|whereas|because|although|so that|since|which)\b|, ", re.IGNORECASE)
_LEAST_TERMS = 3
#: A passage that has half of a statement holds at least so much of all of it. Of 650 even-numbered sentences that were
#: tried, those six that are two halves had a passage that holds more than 0.5.
_HALVED = 0.4
#: A passage that holds less of a claim may not be what the claim is about; one that holds less than the second may have
#: numbers of its own.
_SPEAKS, _SPEAKS_OF_ALL = 0.5, 0.6
_NONE = frozenset[str]()


class Refusal(NamedTuple):
    """``final``: a passage speaks of this, and says something else; neither halves nor other passages mend that.
    ``nowhere``: the excerpt has nothing of some of it; neither halves nor other passages of its own mend that."""

    reason: str
    final: bool = False
    coverage: float = 0.0
    nowhere: bool = False


def support(claimed: Claim, passages: Passages, number: int) -> Support | Refusal:
    """The shortest passage of excerpt ``number`` that supports a claim, or why none does."""
    alone = candidates(claimed, passages, [number], longest=1)
    if not alone:
        return Refusal(_NOT_SAID)
    if alone[0].coverage >= threshold(claimed):
        closest = max(alone, key=lambda item: _in_common(claimed, item, least=threshold(claimed)))
        for item in dict.fromkeys((closest, alone[0])):
            objection = _objection(claimed, item, passages)
            if objection is None:
                return item
            if objection.nowhere:
                return objection
            if objection.final:
                return _said_by_another(claimed, alone, item, passages) or objection
    if alone[0].coverage < _ALONE:
        return Refusal(_NOT_SAID, coverage=alone[0].coverage)
    found = candidates(claimed, passages, [number])
    if found[0].coverage < threshold(claimed):
        return Refusal(_NOT_SAID, coverage=found[0].coverage)
    least = max(threshold(claimed), max(item.coverage for item in found) - _BEHIND)
    reason = ""
    for item in [item for item in found if item.coverage >= least][:_TRIED]:
        objection = _objection(claimed, item, passages)
        if objection is None:
            return item
        if objection.final or objection.nowhere:
            return objection
        reason = reason or objection.reason
    return Refusal(reason, coverage=least)


def _said_by_another(claimed: Claim, alone: Sequence[Support], refused: Support, passages: Passages) -> Support | None:
    """Where a claim seems to run on from one sentence into another, that other one may say all of it."""
    if not spliced(claimed, refused.passages, passages):
        return None
    rest = (item for item in alone if item is not refused and item.coverage >= _SPEAKS_OF_ALL)
    return next((item for item in rest if _objection(claimed, item, passages) is None), None)


def _in_common(claimed: Claim, item: Support, *, least: float) -> int:
    """How many words, function words too, a passage that may support a claim shares with it."""
    return len(frozenset(claimed.stems).intersection(item.passages[0].stems)) if item.coverage >= least else -1


def _objection(claimed: Claim, item: Support, passages: Passages) -> Refusal | None:
    run = unheld(claimed, item.passages, passages)
    missing = f"The excerpts don't say “{' '.join(run)}” there."
    if run and is_nowhere(run, item.excerpt, passages):
        return Refusal(missing, coverage=item.coverage, nowhere=True)
    misplaced = misplaced_number(claimed, item.passages, passages)
    if misplaced and misplaced.elsewhere:
        return Refusal(_not_said_of(misplaced), final=item.coverage >= _SPEAKS_OF_ALL, coverage=item.coverage)
    turned_over = _turned_over(claimed, item.passages, passages)
    if turned_over:
        return Refusal(turned_over, final=item.coverage >= _SPEAKS, coverage=item.coverage)
    if splice := spliced(claimed, item.passages, passages):
        said = f"It can't stand: its passage does not go on with “{splice.word}”."
        return Refusal(said, final=not splice.joined, coverage=item.coverage)
    if run:
        return Refusal(missing, coverage=item.coverage)
    if foreign_clause(claimed, item.passages, passages):
        return Refusal("The excerpts don't say all of its clauses.", coverage=item.coverage)
    lacking = _lacking(claimed, item.passages, passages)
    return Refusal(lacking, coverage=item.coverage) if lacking else None


def _not_said_of(misplaced: Misplaced) -> str:
    return f"The excerpts don't say this of the number {misplaced.number.text}."


def joint_support(
    claimed: Claim, cited: Sequence[int], passages: Passages, *, halves: bool = True
) -> tuple[list[Support], Refusal | None]:
    """The passages of the cited excerpts that support a claim, each alone or, with ``halves``, each one half of it."""
    if literal := passages.verbatim(claimed.text, cited):
        return [Support([literal], 1.0)], None
    found = [support(claimed, passages, number) for number in cited]
    alone = [item for item in found if isinstance(item, Support)]
    if alone:
        return sorted(alone, key=lambda item: -item.coverage), None
    refusals = [item for item in found if isinstance(item, Refusal)]
    nearest = max(refusals, key=lambda refusal: refusal.coverage)
    hopeless = nearest.final or all(refusal.nowhere for refusal in refusals)
    if hopeless or nearest.coverage < _HALVED or not halves:
        return [], nearest
    for parts in _halves(claimed):
        pieces = [_first_support(part, cited, passages) for part in parts]
        both = [piece for piece in pieces if piece]
        if len(both) == len(parts):
            return both, None
    return [], nearest


def _first_support(claimed: Claim, cited: Sequence[int], passages: Passages) -> Support | None:
    tried = (support(claimed, passages, number) for number in cited)
    return next((item for item in tried if isinstance(item, Support)), None)


def _halves(claimed: Claim) -> Iterator[tuple[Claim, Claim]]:
    """A sentence of two statements, each by itself."""
    for joint in _JOINT.finditer(claimed.text):
        parts = claimed.text[: joint.start()], claimed.text[joint.end() :]
        first, second = (claim(part, specifics(part)) for part in parts)
        if min(len(first.terms), len(second.terms)) >= _LEAST_TERMS:
            yield first, second


def _turned_over(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """How the passage says something else; a longer passage could not mend that."""
    exchanged = exchanged_name(claimed, window, passages) or exchanged_term(claimed, window, passages)
    if exchanged:
        return f"It can't stand: its passage says something else than {exchanged}."
    reason = (
        turned(claimed, window, passages)
        or altered_copy(claimed, window)
        or swapped_roles(claimed, window, passages)
        or crossed(claimed, window)
        or exchanged_pairing(claimed, window)
        or exchanged_sides(claimed, window)
        or exchanged_quantifier(claimed, window)
        or exchanged_bound(claimed, window)
        or exchanged_function_word(claimed, window)
        or too_strong(claimed, window)
        or wrongly_predicated(claimed, window)
        or added(claimed, window, passages)
    )
    return f"It can't stand: {reason}." if reason else None


def _antecedents(window: Sequence[Passage]) -> Sequence[Passage]:
    """What a passage that says "it" or "she" may be about."""
    first = window[0]
    if not any(passage.refers_back for passage in window):
        return ()
    return first.excerpt.passages[max(0, first.number - _ANTECEDENTS) : first.number]


def _lacking(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """A number or a date that the passage itself does not have, or a name that what goes before it has not either."""
    found = claimed.specifics
    if misplaced := misplaced_number(claimed, window, passages):
        return _not_said_of(misplaced)
    if found.dates:
        known = frozenset(date for passage in window for date in dates(passage.text))
        known |= {date[5:] for date in known if len(date) > 5}
        if wrong := next((date for date in found.dates if date not in known), None):
            return f"The excerpts don't say this of the date {wrong}."
    names = (*found.acronyms, *claimed.required_names(passages))
    if not names:
        return None
    first = window[0]
    around = [*_antecedents(window), *window]
    stems = first.excerpt.heading_stems.union(*(passage.stems for passage in around))
    written = first.excerpt.heading_stems.union(*(passage.capitalised for passage in around))
    tokens = first.excerpt.heading_tokens.union(*(passage.tokens for passage in around))
    defined = written_out(claimed, around, passages)
    for name in names:
        if acronym_key(name) in tokens and (name in found.acronyms or stem(name.lower()) not in passages.names):
            continue
        if name in found.acronyms:
            held = name.lower() in first.excerpt.initials or stem(name.lower()) in defined
        else:
            parts = words(folded(name))
            held = all(
                is_among(part, written if stem(part) in passages.names else stems)
                or not IRREGULAR.get(stem(part), _NONE).isdisjoint(stems)
                or stem(part) in defined
                for part in parts
            )
            held = held or is_spelled_out(name, claimed, first.excerpt)
        if not held:
            return f"The excerpts don't say this of {name}."
    return None
