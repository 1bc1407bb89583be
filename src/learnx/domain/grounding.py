"""Decides, sentence by sentence, what of a model's text is a fact of the document, an analogy, framing, or refused."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from uuid import UUID

import msgspec

from learnx.domain.claims import Claim, claim, unsupported_specific
from learnx.domain.evidence import Support, best_support, likely_excerpts
from learnx.domain.framing import (
    addresses,
    compares,
    embedded_statement,
    is_about_lesson,
    is_framing,
    is_instruction,
    is_question,
    mapped,
    may_be_furniture,
    presupposition,
)
from learnx.domain.general_words import GENERAL
from learnx.domain.grounding_blocks import block_supports
from learnx.domain.lessons import Citation, SentenceKind
from learnx.domain.markers import Marked, plain_text
from learnx.domain.model_text import BlockKind
from learnx.domain.passages import ExcerptIndex, Passages
from learnx.domain.prompts import Excerpt
from learnx.domain.quotes import quotes
from learnx.domain.smuggled import Smuggled
from learnx.domain.specifics import Specifics, specifics
from learnx.domain.support import Refusal, joint_support
from learnx.domain.synonyms import synonyms
from learnx.domain.terms import terms
from learnx.domain.text_comparison import comparable
from learnx.domain.turned import denies_more
from learnx.domain.values import Value

#: So many excerpts are looked into for a sentence without a marker, or with a wrong one.
_CANDIDATES = 3
#: An excerpt that a sentence does not cite has to hold more of it; chosen on even-numbered sentences.
_UNTOLD = 0.7
#: So many words of the excerpts' at most stand in what only hands a statement over: "Remember from the chapter that".
_HANDING_OVER = 2
_READ = object()
_BLOCKS = frozenset({"table", "code", "equation"})
_NOT_PROSE = re.compile(r"^[\s\[{,]*[\"'][\w $.-]{1,60}[\"']\s*:|^[\s{}\[\]\",:]*$|\"\s*:\s*[\[{\"]")


class Verdict(Value):
    """``kind`` None means retracted, for ``reason``. ``corrected``: supported, but by another excerpt than cited."""

    kind: SentenceKind | None
    citations: tuple[Citation, ...] = ()
    corrected: bool = False
    reason: str = ""


class Verifier:
    """Verifies sentences against the excerpts of one prompt; at most about a millisecond each."""

    def __init__(self, file_id: UUID, excerpts: Sequence[Excerpt]) -> None:
        self._file_id, self._excerpts = file_id, excerpts

    def read_ahead(self) -> bool:
        """Index one more excerpt, and say whether there may be others. Between the words of a sentence there is time
        for the millisecond or two that it takes; at its end somebody waits for the verdict."""
        return next(self._indexing, _READ) is None

    @cached_property
    def _indexing(self) -> Iterator[None]:
        return self._passages.indexed()

    @cached_property
    def _passages(self) -> Passages:
        return Passages(self._excerpts)

    @cached_property
    def _smuggled(self) -> Smuggled:
        return Smuggled(self._excerpts)

    def verify(self, marked: Marked, kind: BlockKind = "paragraph") -> Verdict:
        """Rules 1–3 of grounding: sourced, analogy, framing, or retracted with the reason for the model."""
        if reason := self._smuggled.reason(marked):
            return Verdict(kind=None, reason=reason)
        text = marked.text if kind in ("code", "equation") else plain_text(marked.text)
        if kind not in _BLOCKS and _NOT_PROSE.search(text):
            return Verdict(kind=None, reason="It is not prose.")
        if _heading_key(text) in self._headings or all(
            _heading_key(part) in self._headings for part in text.split(" – ")
        ):
            return Verdict(kind="framing")
        claimed = claim(text, specifics(marked.text))
        if kind == "heading":
            return self._heading(claimed)
        if marked.analogy and not marked.cited:
            return self._analogy(claimed)
        asks = is_question(text) or is_instruction(text)
        if asks and not marked.cited and kind not in _BLOCKS and not self._may_be_presupposed(text):
            return Verdict(kind=None, reason="It takes for granted what no excerpt says.")
        asks = is_question(text) or (asks and self._stated(marked.text) is None)
        if not marked.cited and kind not in _BLOCKS and asks and self._is_framing(claimed):
            return Verdict(kind="framing")
        stated = self._stated(marked.text)
        told = is_about_lesson(text) and not stated and not self._announces_unknown(text)
        if told and not marked.cited and kind not in _BLOCKS and self._is_framing(claimed):
            return Verdict(kind="framing")
        verdict = self._sourced(stated or claimed, marked.cited, kind)
        if verdict.kind is not None or marked.cited or kind in _BLOCKS or stated:
            return verdict
        if self._is_framing(claimed) and (asks or not self._announces_unknown(text)):
            return Verdict(kind="framing")
        return verdict

    def _stated(self, markdown: str) -> Claim | None:
        """What a sentence tells the reader to remember or to imagine, where that is about the subject."""
        clause = embedded_statement(markdown)
        if clause is None or self._passages.vocabulary.isdisjoint(terms(clause)):
            return None
        before = plain_text(markdown[: markdown.rfind(clause)])
        if not addresses(before) and not is_instruction(plain_text(markdown)):
            return None  # "He found that …" is a statement as a whole
        if sum(term in self._passages.vocabulary for term in frozenset(terms(before))) > _HANDING_OVER:
            return None  # "Ice sinks, so you see that …" states two things
        return claim(plain_text(clause), specifics(markdown))

    def _may_be_presupposed(self, text: str) -> bool:
        """Whether the excerpts say what a question or an instruction takes for granted of the subject, if anything."""
        clause = presupposition(text)
        if clause is None or self._passages.vocabulary.isdisjoint(terms(clause)):
            return True
        said = claim(clause, specifics(clause))
        if not _says_something(said):
            return True
        return self._sourced(said, (), "paragraph").kind is not None

    def _announces_unknown(self, text: str) -> bool:
        """Whether what is announced says of the subject what the excerpts have no words for, or deny: "Next we look at
        why ice sinks"."""
        clause = presupposition(text)
        if clause is None or self._passages.vocabulary.isdisjoint(said := frozenset(terms(clause))):
            return False
        unknown = said - self._passages.vocabulary - GENERAL
        if any(synonyms(term).isdisjoint(self._passages.vocabulary) for term in unknown):
            return True
        return self._unturned(claim(clause, specifics(clause))).kind is None

    def _is_framing(self, claimed: Claim) -> bool:
        rest = self._beside_headings(claimed.text)
        known = sum(term in self._passages.vocabulary for term in frozenset(terms(rest)))
        if not is_framing(claimed, known, None):
            return False
        said = claim(rest, _framing_specifics(rest, known))
        coded = msgspec.structs.replace(said, specifics=_acronyms_alone(said))
        if unsupported_specific(coded, self._all, self._passages):
            return False
        return is_framing(claimed, known, unsupported_specific(said, self._all, self._passages))

    @cached_property
    def _headings(self) -> frozenset[str]:
        return frozenset(
            filter(None, (_heading_key(head) for item in self._excerpts for head in item.chunk.heading_path))
        )

    @cached_property
    def _longest_headings(self) -> list[str]:
        found = {" ".join(heading.split()) for item in self._excerpts for heading in item.chunk.heading_path}
        return sorted(found, key=len, reverse=True)

    def _beside_headings(self, text: str) -> str:
        """A sentence without the headings of the document that it names word for word, the longest first."""
        rest = " ".join(text.split())
        for heading in self._longest_headings:
            rest = rest.replace(heading, " ")
        return rest

    @cached_property
    def _all(self) -> Sequence[ExcerptIndex]:
        return list(self._passages.excerpts.values())

    def _heading(self, claimed: Claim) -> Verdict:
        """A heading within a section is framing where its words are the document's, or none of its subject at all."""
        unknown = [term for term in claimed.terms if term not in self._passages.vocabulary]
        if len(unknown) <= len(claimed.terms) / 2 and not _lacking_strictly(claimed, self._all, self._passages):
            return self._unturned(claimed)
        return Verdict(kind=None, reason="The heading is not the document's.")

    def _unturned(self, claimed: Claim) -> Verdict:
        """What announces, unless it says the contrary of an excerpt: "Ice sinks in water"."""
        for candidate in self._candidates(claimed, list(self._passages.excerpts), "heading"):
            _, refusal = self._supports(claimed, [candidate], "heading", halves=False)
            if refusal and refusal.final:
                return Verdict(kind=None, reason=refusal.reason)
        return Verdict(kind="framing")

    def _analogy(self, claimed: Claim) -> Verdict:
        if self._states_a_fact(claimed):
            verdict = self._sourced(claimed, (), "paragraph")
            return verdict if verdict.kind else Verdict(kind=None, reason="An analogy compares; this states a fact.")
        if may_be_furniture(claimed, self._all, self._passages):
            return Verdict(kind="analogy")
        return Verdict(kind=None, reason="An analogy quotes, calculates or counts what the excerpts don't.")

    def _states_a_fact(self, claimed: Claim) -> bool:
        """Of what is marked as an analogy: nothing is compared, and no more of it is of another field than of the
        subject."""
        if compares(claimed.text) or is_question(claimed.text):
            return False
        vocabulary = self._passages.vocabulary
        if any(found and vocabulary.isdisjoint(found) for found in map(terms, mapped(claimed.text))):
            return False
        known = claimed.terms & vocabulary
        return not known <= GENERAL and len(claimed.terms) <= 2 * len(known)

    def _sourced(self, claimed: Claim, cited: tuple[int, ...], kind: BlockKind) -> Verdict:
        passages = self._passages
        literal = passages.verbatim(claimed.text, cited) if kind in _BLOCKS or _says_something(claimed) else None
        if literal:
            return self._verdict(
                [Support([literal], 1.0)], corrected=bool(cited) and {literal.excerpt.number} != set(cited)
            )
        existing = [number for number in cited if number in passages.excerpts]
        refusal, cited_coverage = None, 0.0
        if existing:
            supports, refusal = self._supports(claimed, existing, kind)
            if not refusal:
                kept = {support.excerpt.number for support in supports}
                return self._verdict(supports, corrected=kept != set(cited))
            nearest = best_support(claimed, passages, existing)
            cited_coverage = nearest.coverage if nearest else 0.0
        elsewhere = [number for number in passages.excerpts if number not in existing]
        best: Sequence[Support] = ()
        refused: list[int] = []
        for candidate in () if refusal and refusal.final else self._candidates(claimed, elsewhere, kind):
            supports, other = self._supports(claimed, [candidate], kind, halves=False)
            if other:
                refusal = refusal or other
                refused.append(candidate)
                if other.final and (not best or other.coverage >= _UNTOLD):
                    return Verdict(kind=None, reason=other.reason)
            elif not best and self._is_told(claimed, supports, cited_coverage):
                best = supports
        nearest = best_support(claimed, passages, refused) if best and refused else None
        if best and (not nearest or nearest.coverage <= best[0].coverage):
            return self._verdict(best, corrected=bool(cited))
        return Verdict(kind=None, reason=refusal.reason if refusal else "No excerpt says this.")

    def _is_told(self, claimed: Claim, supports: Sequence[Support], cited_coverage: float) -> bool:
        """Whether excerpts that a sentence does not cite say so much of it that it must be theirs."""
        if supports[0].coverage < max(cited_coverage, _UNTOLD if len(supports) == 1 else 0.0):
            return False  # a cited excerpt speaks of this, and says something else
        return not denies_more(claimed, [passage for found in supports for passage in found.passages])

    def _candidates(self, claimed: Claim, among: list[int], kind: BlockKind) -> list[int]:
        if kind not in _BLOCKS:
            return likely_excerpts(claimed, self._passages, among, count=_CANDIDATES)
        return list(dict.fromkeys([*likely_excerpts(claimed, self._passages, among, count=len(among)), *among]))

    def _supports(
        self, claimed: Claim, cited: Sequence[int], kind: BlockKind, *, halves: bool = True
    ) -> tuple[list[Support], Refusal | None]:
        """What the cited excerpts contribute together, or the reason why that is not enough."""
        passages = self._passages
        excerpts = [passages.excerpts[number] for number in cited]
        if kind in _BLOCKS:
            found, reason = block_supports(kind, claimed, excerpts, passages)
            return found, Refusal(reason) if reason else None
        if not _says_something(claimed):
            return [], Refusal("It says nothing that could be checked.")
        lacking = unsupported_specific(claimed, excerpts, passages)
        if lacking:
            return [], Refusal(f"The excerpts it cites don't have {lacking}.")
        return joint_support(claimed, cited, passages, halves=halves)

    def _verdict(self, supports: Sequence[Support], *, corrected: bool) -> Verdict:
        citations = tuple(citation for support in supports for citation in self._citations(support))
        return Verdict(kind="sourced", citations=citations, corrected=corrected)

    def _citations(self, support: Support) -> Iterator[Citation]:
        chunk = support.excerpt.chunk
        for quote in quotes(chunk, *support.span):
            yield Citation(
                file_id=chunk.file_id,
                chunk_id=chunk.id,
                page_number=quote.page,
                page_label=quote.label,
                quote=quote.text,
            )


def _heading_key(text: str) -> str:
    """A heading is the same with other stops and marks: "4: How vaccines work" for "4. How vaccines work"."""
    return "".join(filter(str.isalnum, comparable(text).casefold()))


def _acronyms_alone(said: Claim) -> Specifics:
    """A question may count what it likes, but it asks about no code or acronym that the document doesn't have."""
    return Specifics(acronyms=said.specifics.acronyms)


def _framing_specifics(text: str, known_terms: int) -> Specifics:
    """ "That is only half of it": without a term of the subject, a rank or a part quantifies nothing of it."""
    found = specifics(text)
    if known_terms:
        return found
    return msgspec.structs.replace(found, numbers=tuple(number for number in found.numbers if not number.is_worded))


def _says_something(claimed: Claim) -> bool:
    """Two content words at least, or one and a specific; and not the same few words over and over."""
    distinct = len(claimed.terms) + claimed.specifics.any
    return distinct >= 2 and len(claimed.sequence) <= 4 * len(claimed.terms)


def _lacking_strictly(claimed: Claim, excerpts: Sequence[ExcerptIndex], passages: Passages) -> bool:
    return unsupported_specific(claimed, excerpts, passages) is not None and claimed.specifics.any
