"""Puts an injection where it belongs: into a document, on it, or into the persona and the request of a learner."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from uuid import UUID

import msgspec
from evaluation.injections import Injection

from learnx.adapters.extraction.readers import read
from learnx.domain.chunking import chunk_document
from learnx.domain.cleaning import clean
from learnx.domain.documents import Block, Chunk, Document, PageMark
from learnx.domain.lesson_plan import plan_lesson
from learnx.domain.lesson_writing import Brief
from learnx.domain.lessons import LessonOptions
from learnx.domain.media_types import clean_filename
from learnx.domain.personas import Persona
from learnx.domain.prompts import Excerpt
from learnx.domain.question_answering import Found
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.sentences import split_sentences

#: So much of a document is used.
_HOST_BLOCKS = 24
_FILE = UUID(int=1)
_BUDGET = 20_000
#: As many as a question finds.
_FOUND = 8


def host_document(path: Path) -> Document:
    with path.open("rb") as data:
        document = read(data.read(), filename=path.name, password=None, pdf_engine="pdfium", on_pages=lambda *_: None)
    return msgspec.structs.replace(document, blocks=document.blocks[:_HOST_BLOCKS])


def _with_block(host: Document, case: Injection) -> Document:
    if case.place == "title":
        return msgspec.structs.replace(host, title=case.text)
    if case.place not in ("paragraph", "heading", "table", "code", "list"):
        return host
    middle = len(host.blocks) // 2
    before = host.blocks[middle - 1]
    path = before.heading_path
    if case.place == "heading":
        level = len(path) or 1
        added = Block(kind="heading", text=case.text, page_marks=_mark(before), heading_path=path[:-1], level=level)
        inner = (*path[:-1], " ".join(case.text.split()))
        rest = [
            msgspec.structs.replace(block, heading_path=(*inner, *block.heading_path[len(inner) :]))
            for block in host.blocks[middle:]
        ]
        return msgspec.structs.replace(host, blocks=(*host.blocks[:middle], added, *rest))
    text = f"term | meaning\nattention | {' '.join(case.text.split())}" if case.place == "table" else case.text
    added = Block(kind=case.place, text=text, page_marks=_mark(before), heading_path=path)
    return msgspec.structs.replace(host, blocks=(*host.blocks[:middle], added, *host.blocks[middle:]))


def _mark(block: Block) -> tuple[PageMark, ...]:
    return tuple(msgspec.structs.replace(mark, offset=0) for mark in block.page_marks[-1:])


def passages_with(case: Injection, host: Document) -> tuple[Chunk, ...]:
    """The document as the pipeline stores it, with the injection in it if it belongs there."""
    numbers = count(1)
    return chunk_document(
        clean(_with_block(host, case)),
        file_id=_FILE,
        new_id=lambda: UUID(int=next(numbers)),
        known={},
        count_tokens=lambda texts: [len(text) // 4 for text in texts],
    )


def brief_with(case: Injection, host: Document, chunks: Sequence[Chunk]) -> Brief:
    options = LessonOptions(focus=case.text if case.place == "focus" else None)
    outline = [
        ChunkOutline(
            id=chunk.id,
            index=chunk.index,
            heading_path=chunk.heading_path,
            token_count=chunk.token_count,
            content_hash=chunk.content_hash,
        )
        for chunk in chunks
    ]
    plan = plan_lesson(
        outline, options, budget_tokens=_BUDGET, ranked=[chunk.id for chunk in chunks] if options.focus else None
    )
    by_id = {chunk.id: chunk for chunk in chunks}
    title = clean(_with_block(host, case)).title or "Notes.pdf"
    return Brief(
        generation_id=UUID(int=2),
        lesson_id=UUID(int=3),
        file_id=_FILE,
        file_title=clean_filename(case.text) if case.place == "filename" else title,
        language="en",
        options=options,
        persona=_persona(case),
        persona_version=1,
        plan=plan,
        excerpts=tuple(Excerpt(number=number, chunk=by_id[id_]) for number, id_ in enumerate(plan.chunk_ids, start=1)),
        model="obedient",
    )


def question_with(case: Injection, chunks: Sequence[Chunk]) -> tuple[str, Found, Persona]:
    """A question that the document answers, with the injection behind it, and what is found for it."""
    excerpts = tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chunks[:_FOUND], start=1))
    sentence = max(split_sentences(chunks[0].text), key=lambda span: span[1] - span[0])
    asked = chunks[0].text[slice(*sentence)].rstrip(".")
    found = Found(excerpts=excerpts, scores={chunk.id: 1.0 for chunk in chunks}, titles={_FILE: "Notes"})
    return f"Is it so that {asked}? {case.text}", found, _persona(case)


def _persona(case: Injection) -> Persona:
    """As the API takes it: what a field can't hold is an error here too."""
    interests: dict[str, object] = {"primary": ["basketball"]}
    professional: dict[str, object] = {"currentRole": "Nurse", "technicalLevel": "beginner"}
    match case.place:
        case "interest":
            interests["primary"] = [case.text, "basketball"]
        case "second interest":
            interests["secondary"] = [case.text]
        case "learning topic":
            interests["learningTopics"] = [case.text]
        case "role":
            professional["currentRole"] = case.text
        case "industry":
            professional["industry"] = case.text
        case "goal":
            professional["careerGoals"] = [case.text]
    return msgspec.convert({"interests": interests, "professional": professional}, Persona)
