"""What a lesson would be made of now: read in one short transaction, and refused where there can't be a lesson."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from learnx.application.ports.database import Transaction
from learnx.application.ports.embeddings import Embedder, Vector
from learnx.application.ports.llm import LanguageModel
from learnx.application.vectors import embedded
from learnx.domain.courses import File
from learnx.domain.errors import NotReady, PersonaMissing
from learnx.domain.lesson_plan import plan_by_topic
from learnx.domain.lessons import LessonOptions
from learnx.domain.personalization import LessonPlan, generation_key, plan_lesson, section_keys
from learnx.domain.personas import PersonaVersion
from learnx.domain.retrieval import Scope, fuse

#: How many candidates of each kind a focus is looked up with.
FOCUS_CANDIDATES = 50
#: A chunk is within the focus that scores at least this share of the best one.
IN_FOCUS = 0.6


@dataclass(frozen=True, slots=True)
class LessonRequest:
    """What a lesson would be made of now: all that its key depends on. ``section_keys`` has a key for each section."""

    file: File
    options: LessonOptions
    persona: PersonaVersion | None
    plan: LessonPlan
    key: str
    section_keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PrepareLesson:
    """Reads what a lesson would be made of, and refuses where there can't be one."""

    model: LanguageModel
    embedder: Embedder

    async def focus(self, options: LessonOptions) -> Vector | None:
        """What is asked for, as a vector; before the transaction, since an embedder may be far away."""
        return (await embedded(self.embedder, [options.focus]))[0] if options.focus else None

    async def __call__(
        self, tx: Transaction, file_id: UUID, options: LessonOptions, focus: Vector | None
    ) -> LessonRequest:
        file = await tx.files.get(file_id)
        if not file.ready:
            raise NotReady(_why_not_ready(file))
        persona = await tx.personas.current() if options.persona else None
        if options.persona and persona is None:
            raise PersonaMissing
        outline = await tx.chunks.outline(file_id)
        ranked = await self._ranked(tx, file_id, options.focus, focus) if options.focus and focus is not None else None
        plan = plan_lesson(outline, options, budget_tokens=self.model.context_tokens // 2, ranked=ranked)
        if plan.lacks_topics:
            plan = plan_by_topic(plan, options, await tx.chunks.get_many(plan.chunk_ids))
        keys = section_keys(
            owner=tx.owner,
            file_id=file_id,
            title=file.title,
            language=file.language,
            plan=plan,
            hashes={chunk.id: chunk.content_hash for chunk in outline},
            persona=persona.persona if persona else None,
            options=options,
            model=self.model.name,
        )
        return LessonRequest(
            file=file,
            options=options,
            persona=persona,
            plan=plan,
            key=generation_key(plan, keys),
            section_keys=keys,
        )

    async def _ranked(self, tx: Transaction, file_id: UUID, focus: str, vector: Vector) -> list[UUID]:
        candidates = await tx.chunks.candidates(
            Scope(file_id=file_id), focus, vector, embedding_model=self.embedder.model, limit=FOCUS_CANDIDATES
        )
        ranked = fuse(candidates)
        return [one.chunk_id for one in ranked if one.score >= IN_FOCUS * ranked[0].score]


def _why_not_ready(file: File) -> str:
    if file.status == "failed":
        return (
            "This file could not be processed, so there is nothing to write a lesson from. Its error says what to do."
        )
    return "This file is still being processed. Follow its events, and ask again when it is completed."
