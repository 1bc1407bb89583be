"""Lessons of the corpora for many personas: each text is verified once, and what a lesson says of it is looked up."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from uuid import UUID

from evaluation.lesson_material import FILE, LessonMaterial, lessons

from learnx.adapters.llm.offline_lesson import OfflineLesson
from learnx.adapters.llm.offline_prompt import ReadPrompt, read_prompt
from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.kept_sections import KeptSections
from learnx.domain.lesson_plan import LessonPlan, plan_lesson
from learnx.domain.lesson_reply import Reply
from learnx.domain.lessons import LessonOptions, Section, Sentence
from learnx.domain.markers import Marked
from learnx.domain.model_text import BlockKind
from learnx.domain.persona_bounds import PersonaBounds
from learnx.domain.personas import Interests, Persona
from learnx.domain.prompts import build_prompt
from learnx.domain.retrieval import ChunkOutline

#: Ten texts: of each set so many groups of passages.
TEXTS = {"openstax.psychology": 3, "openstax.astronomy": 3, "covidqa": 2, "xquad.en": 2}
OPTIONS = LessonOptions()


class RememberingVerifier(Verifier):
    """A sentence is verified once, however many lessons of the text say it."""

    def verify(self, marked: Marked, kind: BlockKind = "paragraph") -> Verdict:
        if (marked, kind) not in self._known:
            self._known[marked, kind] = super().verify(marked, kind)
        return self._known[marked, kind]

    @cached_property
    def _known(self) -> dict[tuple[Marked, BlockKind], Verdict]:
        return {}


class Text:
    """One of the texts, and lessons of it as the server keeps them: planned, asked for, verified, bounded."""

    def __init__(self, material: LessonMaterial) -> None:
        self.excerpts = material.excerpts
        self.plan: LessonPlan = plan_lesson(
            [
                ChunkOutline(
                    id=item.chunk.id,
                    index=item.chunk.index,
                    heading_path=item.chunk.heading_path,
                    token_count=item.chunk.token_count,
                    content_hash=item.chunk.content_hash,
                )
                for item in material.excerpts
            ],
            OPTIONS,
            budget_tokens=1_000_000,
        )
        self._verifier = RememberingVerifier(FILE, material.excerpts)

    @cached_property
    def headings(self) -> Mapping[UUID, tuple[str, ...]]:
        return {item.chunk.id: item.chunk.heading_path or (str(item.chunk.id),) for item in self.excerpts}

    def prompt(self, persona: Persona | None) -> ReadPrompt:
        return read_prompt(
            build_prompt(
                excerpts=self.excerpts,
                plan=self.plan,
                sections=self.plan.sections,
                options=OPTIONS,
                persona=persona,
                language="en",
            )
        )

    def offline(self, persona: Persona | None) -> list[Section]:
        return self.kept(OfflineLesson(self.prompt(persona)).text(), persona)

    def generous(self, persona: Persona) -> list[Section]:
        """Of a model that makes an analogy of every fact, in every section, and speaks of interests anywhere."""
        return self.kept(generous_reply(self.prompt(persona), persona.interests), persona)

    def kept(self, pieces: Iterable[str], persona: Persona | None) -> list[Section]:
        sections = self.plan.sections
        reply = Reply(
            persona, self._verifier, PersonaBounds(persona, self.excerpts), sections, KeptSections(sections, {})
        )
        for piece in pieces:
            reply.feed(piece)
        reply.close()
        return [reply.sections[outline.id].finished() for outline in sections if outline.id in reply.sections]


def texts(corpora: Path) -> list[Text]:
    return [Text(material) for material in lessons(corpora, TEXTS)]


def sentences(sections: Iterable[Section]) -> Iterator[tuple[Section, Sentence]]:
    for section in sections:
        for sentence in section.sentences:
            yield section, sentence


def generous_reply(prompt: ReadPrompt, interests: Interests) -> Iterator[str]:
    """The offline model's reply for nobody, with two analogies behind every fact and an aside behind these."""
    bare = ReadPrompt(excerpts=prompt.excerpts, persona={}, sections=prompt.sections, written=())
    liked = interests.primary[0]
    for piece in OfflineLesson(bare).text():
        for line in piece.splitlines(keepends=True):
            yield line.rstrip("\n")
            if line.rstrip().endswith("]"):
                yield f" It is like {liked}, where all have their part. [~] Picture {liked} once more. [~]"
                yield f" As someone who loves {liked}, you will like this."
            yield "\n" * line.endswith("\n")
