"""What a summary would be made of now: read in one short transaction, and refused where there can't be one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from learnx.application.ports.database import Transaction
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.paging import Page
from learnx.application.questions import check_open
from learnx.domain.courses import File
from learnx.domain.errors import Conflict
from learnx.domain.personas import PersonaVersion
from learnx.domain.retrieval import Scope
from learnx.domain.summaries import SummaryFile, SummaryMaterial, SummaryType
from learnx.domain.summary_keys import summary_key
from learnx.domain.summary_lengths import usual_words
from learnx.domain.summary_material import summary_material, top_level_parts
from learnx.domain.values import Value

NOTHING_READY = (
    "There is no file that is ready here, so there is nothing to summarize. Upload one, or wait until one is completed."
)
_AT_A_TIME = 100


class SummaryOrder(Value):
    """What a learner asks for; ``max_words`` None is as many as its kind and its document make fitting."""

    scope: Scope
    summary_type: SummaryType
    max_words: int | None = None


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """All that a summary's key depends on."""

    persona: PersonaVersion | None
    material: SummaryMaterial
    max_words: int
    key: str


@dataclass(frozen=True, slots=True)
class PrepareSummary:
    model: LanguageModel

    async def __call__(self, tx: Transaction, order: SummaryOrder) -> SummaryRequest:
        """``NotFound`` where the place is not there, ``Conflict`` where nothing of it can be read now."""
        await check_open(tx, order.scope)
        files = [file async for file in _files(tx, order.scope) if file.ready]
        outlines = [
            (SummaryFile(file_id=file.id, title=file.title, language=file.language), await tx.chunks.outline(file.id))
            for file in files
        ]
        material = summary_material(outlines, context_tokens=self.model.context_tokens)
        if not material.parts:
            raise Conflict(NOTHING_READY)
        tokens = sum(chunk.token_count for _, outline in outlines for chunk in outline)
        words = order.max_words or usual_words(order.summary_type, tokens, parts=top_level_parts(outlines))
        persona = await tx.personas.current()
        key = summary_key(
            owner=tx.owner,
            scope=order.scope,
            material=material,
            hashes={chunk.id: chunk.content_hash for _, outline in outlines for chunk in outline},
            persona=persona.persona if persona else None,
            summary_type=order.summary_type,
            max_words=words,
            model=self.model.name,
        )
        return SummaryRequest(persona=persona, material=material, max_words=words, key=key)


async def _files(tx: Transaction, scope: Scope) -> AsyncIterator[File]:
    """In the order of the modules, and within each in that of uploading."""
    if scope.file_id is not None:
        yield await tx.files.get(scope.file_id)
    elif scope.module_id is not None:
        async for file in _files_of_module(tx, scope.module_id):
            yield file
    elif scope.course_id is not None:
        after: tuple[str, ...] | None = None
        while modules := await tx.modules.page(scope.course_id, Page(limit=_AT_A_TIME, after=after)):
            for module in modules:
                async for file in _files_of_module(tx, module.id):
                    yield file
            after = (str(modules[-1].position), str(modules[-1].id))


async def _files_of_module(tx: Transaction, module_id: UUID) -> AsyncIterator[File]:
    after: tuple[str, ...] | None = None
    while files := await tx.files.page(Page(limit=_AT_A_TIME, after=after), module=module_id):
        for file in files:
            yield file
        after = (files[-1].created_at.isoformat(), str(files[-1].id))
