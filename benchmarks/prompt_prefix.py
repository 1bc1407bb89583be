"""How much of a prompt is a prefix that a provider has just read for another learner of the same document."""

from collections.abc import Iterable
from itertools import pairwise, takewhile
from pathlib import Path
from random import Random
from statistics import mean

from benchmarks.learner import CORPORA
from benchmarks.random_personas import random_persona
from benchmarks.report import Figure, table
from uuid_utils.compat import uuid7

from learnx.adapters.embeddings.wordllama import WordLlamaEmbedder
from learnx.adapters.extraction.readers import read
from learnx.domain.chunk_choice import EXCERPT_TOKENS
from learnx.domain.chunking import chunk_document
from learnx.domain.cleaning import clean
from learnx.domain.documents import Chunk, Document
from learnx.domain.lessons import LessonOptions
from learnx.domain.personalization import Excerpt, plan_lesson
from learnx.domain.personas import Persona
from learnx.domain.prompts import Prompt, build_prompt
from learnx.domain.retrieval import ChunkOutline

DOCUMENTS = (
    "pdf_real/EPANET_User's_Manual_2.2.0.pdf",
    "pdf_real/decay-book-4screen.pdf",
    "pdf_real/slides_wave-beamer.pdf",
    "pdf_real/10.21105.jose.00015.pdf",
    "pdf_real/NotesOctober9.pdf",
    "pdf_real/super-cheatsheet-machine-learning.pdf",
    "pdf_real/OWASP Top 10-2017_de_V1.0.pdf",
    "md/08-data-frames.md",
    "md/probability.md",
    "docx/OWASP_Application_Security_Verification_Standard_5.0.0_en.docx",
    "pptx/13 - Functions.pptx",
    "txt/norwich-city.txt",
)
LEARNERS = 6
LEAST = 0.80
SEED = 20261122


def run() -> list[Figure]:
    embedder = WordLlamaEmbedder()
    shares = {name: _shares(CORPORA / name, embedder) for name in DOCUMENTS}
    ours, persona_first = (mean(mean(pair[place] for pair in pairs) for pairs in shares.values()) for place in (0, 1))
    reached = sum(mean(pair[0] for pair in pairs) >= LEAST for pairs in shares.values())
    shortest = min(shares, key=lambda name: mean(pair[0] for pair in shares[name]))
    least, least_persona_first = (mean(pair[place] for pair in shares[shortest]) for place in (0, 1))
    return [
        Figure(
            name=f"shared prefix of two learners' prompts, mean of {len(shares)} documents (baseline: persona first)",
            measured=ours,
            unit="of the tokens",
            baseline=persona_first,
            target=f"≥ {LEAST:g}",
            ok=ours >= LEAST,
        ),
        Figure(name="documents of these that reach it; the others have fewer than 2,000 tokens", measured=reached),
        Figure(
            name=f"of these the least: {Path(shortest).name}",
            measured=least,
            unit="of the tokens",
            baseline=least_persona_first,
        ),
    ]


def _shares(path: Path, embedder: WordLlamaEmbedder) -> list[tuple[float, float]]:
    """Of each learner's prompt, the share of tokens that it begins with in common with the one before; and the same
    share if the persona came first."""
    document = clean(
        read(
            path.read_bytes(),
            filename=path.name,
            password=None,
            pdf_engine="pdfium",
            on_pages=lambda done, total: None,
        )
    )
    choices = Random(SEED)
    prompts = [_prompt(document, random_persona(choices), embedder) for _ in range(LEARNERS)]
    ours = _common(embedder, [prompt.text for prompt in prompts])
    return list(zip(ours, _common(embedder, map(_persona_first, prompts)), strict=True))


def _common(embedder: WordLlamaEmbedder, texts: Iterable[str]) -> list[float]:
    found = []
    for one, other in pairwise(texts):
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
        prefix, whole = embedder.count_tokens([other[:common], other])
        found.append(prefix / whole)
    return found


def _persona_first(prompt: Prompt) -> str:
    return "\n\n".join((prompt.persona, prompt.rules, prompt.excerpts, prompt.task))


def _prompt(document: Document, persona: Persona, embedder: WordLlamaEmbedder) -> Prompt:
    """Of a copy of the learner's own: processed anew, under ids of its own."""
    chunks = chunk_document(document, file_id=uuid7(), new_id=uuid7, known={}, count_tokens=embedder.count_tokens)
    options = LessonOptions()
    plan = plan_lesson([_outline(chunk) for chunk in chunks], options, budget_tokens=EXCERPT_TOKENS)
    by_id = {chunk.id: chunk for chunk in chunks}
    return build_prompt(
        excerpts=[Excerpt(number=number, chunk=by_id[id_]) for number, id_ in enumerate(plan.chunk_ids, start=1)],
        plan=plan,
        sections=plan.sections,
        options=options,
        persona=persona,
        title=document.title,
        language=document.language,
    )


def _outline(chunk: Chunk) -> ChunkOutline:
    return ChunkOutline(
        id=chunk.id,
        index=chunk.index,
        heading_path=chunk.heading_path,
        token_count=chunk.token_count,
        content_hash=chunk.content_hash,
    )


if __name__ == "__main__":
    print(table(run()))
