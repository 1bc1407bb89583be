"""Writes a summary as a pure dialogue: reads each part of a long document, then writes the whole, verified."""

from collections import Counter
from collections.abc import Generator, Sequence
from uuid import UUID

from learnx.domain.documents import Chunk
from learnx.domain.grounding import Verifier
from learnx.domain.kept_sections import KeptSections
from learnx.domain.lesson_reply import Reply
from learnx.domain.lessons import GroundingCounts, LessonEvent, Sentence, section_events
from learnx.domain.persona_bounds import PersonaBounds
from learnx.domain.personas import Persona
from learnx.domain.prompts import Excerpt, Prompt
from learnx.domain.section_writing import SectionWriting
from learnx.domain.summaries import OUTLINE, SummaryFile, SummaryType, as_section
from learnx.domain.summary_limit import within_limit
from learnx.domain.summary_parts import Statement, Statements, part_words
from learnx.domain.summary_prompts import part_prompt, summary_prompt, topics_prompt
from learnx.domain.summary_sections import sections_of
from learnx.domain.summary_topics import SummaryText, salient_topics, told_topics
from learnx.domain.values import Value
from learnx.domain.word_count import count_words

#: So many reasons of refused sentences are told to the model when it writes again.
_TOLD_REASONS = 5
_LONGEST_REASONS = ["reason " * 60] * _TOLD_REASONS

Dialogue = Generator[Prompt | tuple[LessonEvent, ...], object, "SummaryDraft"]


class SummaryBrief(Value):
    """Everything one summary is made from; ``parts`` are the chunks of the material's parts."""

    file_id: UUID
    summary_type: SummaryType
    max_words: int
    persona: Persona | None = None
    files: tuple[SummaryFile, ...]
    parts: tuple[tuple[Chunk, ...], ...]
    excerpt_tokens: int

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        return tuple(chunk for part in self.parts for chunk in part)


class SummaryDraft(Value):
    """What passed, within the limit. Where nothing of it is sourced it is no summary.

    ``grounding.retracted`` counts what was refused of the summary itself, not of the statements it was made from.
    """

    sentences: tuple[Sentence, ...] = ()
    key_topics: tuple[str, ...] = ()
    grounding: GroundingCounts

    @property
    def grounded(self) -> bool:
        return self.grounding.sourced > 0

    @property
    def markdown(self) -> str:
        return "".join(sentence.lead + sentence.text for sentence in self.sentences)

    @property
    def word_count(self) -> int:
        return sum(count_words(sentence.text) for sentence in self.sentences)


def write_summary(brief: SummaryBrief) -> Dialogue:
    """Drive it as ``lesson_writing.write_lesson``. What is read of the parts is not told; the summary is, sentence by
    sentence, and told anew from its ``section`` event where it had to be cut to its limit.

    Of each part, and of the whole, there are two texts at most: one that lost more than half of its sentences, or has
    nothing sourced, is written again once. ``MalformedOutput`` where key topics are named, and not in the form that was
    asked for, nor when they are asked for alone.
    """
    statements: Sequence[Statement] = ()
    excerpts = _numbered(brief.parts[0] if brief.parts else ())
    if len(brief.parts) > 1:
        found = yield from _read_parts(brief)
        statements, chunks = found.chosen(brief.excerpt_tokens)
        excerpts = _numbered(chunks)
        if not statements:
            return SummaryDraft(grounding=GroundingCounts(retracted=found.refused))
    return (yield from _write(brief, excerpts, statements))


def _read_parts(brief: SummaryBrief) -> Generator[Prompt | tuple[LessonEvent, ...], object, Statements]:
    found = Statements(brief.parts)
    words = part_words(brief.max_words, len(brief.parts), brief.excerpt_tokens)
    for place, part in enumerate(brief.parts, start=1):
        excerpts = _numbered(part)
        verifier, reasons = Verifier(brief.file_id, excerpts), list[str]()
        for _attempt in range(2):
            prompt = part_prompt(
                brief.summary_type,
                excerpts,
                brief.files,
                words=words,
                place=(place, len(brief.parts)),
                reasons=reasons,
            )
            written, _ = yield from _reply(prompt, None, verifier, excerpts, told=False)
            if not _is_lost(written):
                break
            reasons = _reasons(written)
        found.add(written)
    return found


def _write(brief: SummaryBrief, excerpts: Sequence[Excerpt], statements: Sequence[Statement]) -> Dialogue:
    verifier = Verifier(brief.file_id, excerpts)
    numbers = {item.chunk.id: item.number for item in excerpts}
    shown = [(one.text, tuple(numbers[chunk] for chunk in one.chunks)) for one in statements]
    best: SectionWriting | None = None
    topics, reasons = None, list[str]()
    told: Sequence[Sentence] = ()
    retracted = 0
    for _attempt in range(2):
        prompt = summary_prompt(
            brief.summary_type,
            excerpts,
            brief.files,
            brief.persona,
            max_words=brief.max_words,
            statements=shown,
            reasons=reasons,
        )
        written, named = yield from _reply(prompt, brief.persona, verifier, excerpts, told=True)
        topics = named if named is not None else topics
        retracted += len(written.reasons)
        told = written.sentences if written.started else told
        best = written if best is None or _sourced(written) else best
        if not _is_lost(written):
            break
        reasons = _reasons(written)
    assert best is not None
    sentences = within_limit(best.sentences, brief.max_words, sections_of(brief.chunks))
    kinds = Counter(sentence.kind for sentence in sentences)
    draft = SummaryDraft(
        sentences=sentences,
        grounding=GroundingCounts(
            sourced=kinds["sourced"], framing=kinds["framing"], retracted=retracted, corrected=best.corrected
        ),
    )
    if not draft.grounded:
        return draft
    if list(sentences) != list(told):
        yield tuple(section_events(as_section(sentences, draft.markdown)))
    if topics is None:
        key_topics = salient_topics(brief.chunks)
    else:
        key_topics = yield from told_topics(topics, topics_prompt(excerpts, brief.files), excerpts)
    return SummaryDraft(sentences=sentences, key_topics=key_topics, grounding=draft.grounding)


def _reply(
    prompt: Prompt, persona: Persona | None, verifier: Verifier, excerpts: Sequence[Excerpt], *, told: bool
) -> Generator[Prompt | tuple[LessonEvent, ...], object, tuple[SectionWriting, str | None]]:
    """What one text says, verified, and what follows its line of topics. Its events are ``told`` or not."""
    reply = Reply(persona, verifier, PersonaBounds(persona, excerpts), [OUTLINE], KeptSections([OUTLINE], {}))
    text = SummaryText()
    piece = yield prompt
    while piece is not None:
        assert isinstance(piece, str)
        events = reply.feed(text.feed(piece))
        piece = yield tuple(events) if told else ()
    events = [*reply.feed(text.close()), *reply.close()]
    yield tuple(events) if told else ()
    return reply.sections.get(OUTLINE.id) or SectionWriting(OUTLINE), text.topics


def _numbered(chunks: Sequence[Chunk]) -> tuple[Excerpt, ...]:
    return tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chunks, start=1))


def _sourced(written: SectionWriting) -> bool:
    return any(sentence.kind == "sourced" for sentence in written.sentences)


def _is_lost(written: SectionWriting) -> bool:
    return written.failed or not _sourced(written)


def _reasons(written: SectionWriting) -> list[str]:
    return written.reasons[:_TOLD_REASONS] or ["Nothing of it stated a fact of the excerpts."]


def longest_prompts(brief: SummaryBrief) -> list[Prompt]:
    """One of each kind that writing asks, at least as long as it will be; each is asked twice at most."""
    count = len(brief.parts)
    prompts: list[Prompt] = []
    if count > 1:
        words = part_words(brief.max_words, count, brief.excerpt_tokens)
        prompts = [
            part_prompt(
                brief.summary_type,
                _numbered(part),
                brief.files,
                words=words,
                place=(place, count),
                reasons=_LONGEST_REASONS,
            )
            for place, part in enumerate(brief.parts, start=1)
        ]
    # What is chosen from all parts takes no more than the excerpts of one part may, and what was said of them.
    longest = _numbered(max(brief.parts, key=lambda part: sum(len(chunk.text) for chunk in part)))
    said = [(item.chunk.text, (item.number,)) for item in longest] if count > 1 else []
    whole = summary_prompt(
        brief.summary_type,
        longest,
        brief.files,
        brief.persona,
        max_words=brief.max_words,
        statements=said,
        reasons=_LONGEST_REASONS,
    )
    return [*prompts, whole, topics_prompt(longest, brief.files)]
