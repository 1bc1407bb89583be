"""Answers a question as a pure dialogue: what the passages don't answer is said to be unanswered, with the nearest."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from uuid import UUID

from learnx.domain.answer_prompt import OUTLINE, build_answer_prompt
from learnx.domain.answerability import ANSWERED_FROM, PassageTerms, Question, passage_terms
from learnx.domain.answers import Source
from learnx.domain.denials import LOOKED_AT, denies
from learnx.domain.grounding import Verifier
from learnx.domain.kept_sections import KeptSections
from learnx.domain.lesson_reply import Reply
from learnx.domain.lessons import (
    Citation,
    GroundingCounts,
    LessonEvent,
    Section,
    Sentence,
    section_events,
)
from learnx.domain.persona_bounds import PersonaBounds
from learnx.domain.personas import Persona
from learnx.domain.prompts import Excerpt, Prompt
from learnx.domain.quotes import longest_quote, quotes
from learnx.domain.related_concepts import related_concepts
from learnx.domain.section_writing import SectionWriting
from learnx.domain.values import Value

#: So many of the nearest passages are told where none answers.
NEAREST = 3
UNANSWERED = "Your document does not answer this question."
UNANSWERED_NEAREST = "Your document does not answer this question. The passages named as sources come nearest to it."
#: What is replied to who thanks, greets or agrees.
NOTHING_ASKED = "Glad to help: ask whatever you want to know about your document."
_TOLD_REASONS = 5

Dialogue = Generator[Prompt | tuple[LessonEvent, ...], object, "AnswerDraft"]


class Found(Value):
    """The passages of a question: those of one file follow each other. ``scores`` are by chunk, ``titles`` by file."""

    excerpts: tuple[Excerpt, ...]
    scores: Mapping[UUID, float]
    titles: Mapping[UUID, str]


class AnswerDraft(Value):
    """``answered`` False: ``section`` says so in one sentence, which cites the nearest passages: ``sources``, too."""

    answered: bool
    section: Section
    sources: tuple[Source, ...]
    related_concepts: tuple[str, ...]
    grounding: GroundingCounts
    word_count: int


def answer_question(question: str, found: Found, persona: Persona | None) -> Dialogue:
    """Driven as ``lesson_writing.write_lesson``; at most two prompts, the second where more than half of the first
    reply was refused. No model is asked where no passage has enough of the question.

    The end state of the events is the draft's ``section``.
    """
    asked = Question(question, found.titles.values())
    passages = [passage_terms(item.chunk.text, item.chunk.heading_path) for item in found.excerpts]
    evidence = [passage.evidence(asked) for passage in passages]
    section, retracted = None, 0
    if found.excerpts and (
        max(evidence) >= ANSWERED_FROM or asked.is_in_another_language(item.chunk.text for item in found.excerpts)
    ):
        section, retracted = yield from _written(question, found, persona)
    order = sorted(range(len(passages)), key=lambda at: -(evidence[at] + found.scores[found.excerpts[at].chunk.id]))
    nearest = [found.excerpts[at] for at in order]
    if section is not None:
        return _answered(question, section, retracted, found)
    sources = tuple(_nearest_source(found.excerpts[at], passages[at], asked, found.scores) for at in order[:NEAREST])
    draft = _without_answer(
        UNANSWERED_NEAREST if sources else UNANSWERED,
        sources,
        related_concepts=related_concepts(question, nearest[:NEAREST]),
        retracted=retracted,
    )
    yield tuple(section_events(draft.section))
    return draft


def reply_to_courtesy() -> Dialogue:
    """To "Thanks!", of which no document has an answer: no passage is looked for, and no model asked."""
    draft = _without_answer(NOTHING_ASKED, ())
    yield tuple(section_events(draft.section))
    return draft


def _written(
    question: str, found: Found, persona: Persona | None
) -> Generator[Prompt | tuple[LessonEvent, ...], object, tuple[SectionWriting | None, int]]:
    """What a model wrote, as far as it is verified, and how many sentences were refused; None where nothing is sourced,
    or the model finds no answer."""
    verifier = Verifier(found.excerpts[0].chunk.file_id, found.excerpts)
    bounds = PersonaBounds(persona, found.excerpts)
    written: SectionWriting | None = None
    retracted = 0
    reasons: Sequence[str] = ()
    for _attempt in range(2):
        reply = Reply(persona, verifier, bounds, [OUTLINE], KeptSections([OUTLINE], {}))
        said = ""
        piece = yield build_answer_prompt(
            question, found.excerpts, titles=found.titles, persona=persona, reasons=reasons
        )
        while piece is not None:
            assert isinstance(piece, str)
            said += piece if len(said) < LOOKED_AT else ""
            piece = yield tuple(reply.feed(piece))
        yield tuple(reply.close())
        newest = reply.sections.get(OUTLINE.id)
        if newest is not None:
            retracted += len(newest.reasons)
            written = newest if newest.sentences else written
        if denies(said):
            return None, retracted
        if newest is None or not newest.failed:
            break
        reasons = newest.reasons[:_TOLD_REASONS]
    if written is None or not any(sentence.kind == "sourced" for sentence in written.sentences):
        return None, retracted
    return written, retracted


def _answered(question: str, written: SectionWriting, retracted: int, found: Found) -> AnswerDraft:
    section = written.finished()
    kinds = Counter(sentence.kind for sentence in section.sentences)
    sources = {
        (citation.chunk_id, citation.quote): Source(
            chunk_id=citation.chunk_id,
            file_id=citation.file_id,
            page_number=citation.page_number,
            page_label=citation.page_label,
            quote=citation.quote,
            relevance_score=found.scores[citation.chunk_id],
        )
        for sentence in section.sentences
        for citation in sentence.citations
    }
    by_id = {item.chunk.id: item for item in found.excerpts}
    cited = dict.fromkeys(chunk for chunk, _ in sources)
    return AnswerDraft(
        answered=True,
        section=section,
        sources=tuple(sources.values()),
        related_concepts=related_concepts(question, [by_id[chunk] for chunk in cited]),
        grounding=GroundingCounts(
            sourced=kinds["sourced"],
            analogy=kinds["analogy"],
            framing=kinds["framing"],
            retracted=retracted,
            corrected=written.corrected,
        ),
        word_count=sum(len(sentence.text.split()) for sentence in section.sentences),
    )


def _without_answer(
    text: str, nearest: Sequence[Source], *, related_concepts: tuple[str, ...] = (), retracted: int = 0
) -> AnswerDraft:
    """One sentence, which cites the nearest passages: a stream has no other place for them."""
    citations = tuple(
        Citation(
            file_id=source.file_id,
            chunk_id=source.chunk_id,
            page_number=source.page_number,
            page_label=source.page_label,
            quote=source.quote,
        )
        for source in nearest
    )
    sentence = Sentence(id=f"{OUTLINE.id}.1", lead="", text=text, kind="framing", citations=citations)
    return AnswerDraft(
        answered=False,
        section=Section(id=OUTLINE.id, type=OUTLINE.type, title=OUTLINE.title, sentences=(sentence,), markdown=text),
        sources=tuple(nearest),
        related_concepts=related_concepts,
        grounding=GroundingCounts(framing=1, retracted=retracted),
        word_count=len(text.split()),
    )


def _nearest_source(item: Excerpt, passage: PassageTerms, asked: Question, scores: Mapping[UUID, float]) -> Source:
    """Quotes the sentence that has most of the question."""
    chunk, best = item.chunk, passage.best_sentence(asked)
    start, end = (best.start, best.start + len(best.text)) if best else (0, len(chunk.text))
    quote = longest_quote(quotes(chunk, start, end))
    return Source(
        chunk_id=chunk.id,
        file_id=chunk.file_id,
        page_number=quote.page,
        page_label=quote.label,
        quote=quote.text,
        relevance_score=scores[chunk.id],
    )
