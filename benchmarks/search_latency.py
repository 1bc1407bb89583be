"""How long a search of a whole library takes, embedding and snippets included, as the use case answers it."""

import json
import random
from statistics import quantiles
from time import perf_counter
from uuid import UUID

import asyncpg
import uvloop
from benchmarks.learner import CORPORA, Library, fresh_database, new_library
from benchmarks.report import Figure, table
from uuid_utils.compat import uuid7

from learnx.adapters.embeddings.wordllama import WordLlamaEmbedder
from learnx.application.ports.embeddings import Vector
from learnx.application.search import SearchLibrary
from learnx.domain.documents import Chunk
from learnx.domain.identity import Principal
from learnx.domain.search import LibraryScope

CHUNKS_PER_FILE = 400
CHUNK_CHARACTERS = 1_400
QUERIES = 150
#: Chunks of a library, and how long 95 of 100 searches may take, in milliseconds.
SIZES = ((1_000, 20), (10_000, 50))
SETS = ("openstax.psychology", "openstax.astronomy", "pubmedqa")
#: The least that any search must do: look at each chunk's words and vector once.
SCAN = """
    SELECT count(*) FROM chunks
    WHERE owner_id = $1 AND search @@ $2::tsquery AND -(embedding <#> $3::text::halfvec) > 0.4
"""


def run() -> list[Figure]:
    return uvloop.run(_run())


async def _run() -> list[Figure]:
    embedder = WordLlamaEmbedder()
    embedder.load()
    texts = _texts()
    vectors = await embedder.embed(texts)
    questions = _questions()
    figures: list[Figure] = []
    for size, most in SIZES:
        async with fresh_database() as (database, addresses):
            library = await new_library(database)
            for start in range(0, size, CHUNKS_PER_FILE):
                places = [place % len(texts) for place in range(start, min(size, start + CHUNKS_PER_FILE))]
                await _store(library, [texts[p] for p in places], [vectors[p] for p in places], embedder.model)
            assert addresses.admin_url
            connection = await asyncpg.connect(addresses.admin_url)
            await connection.execute("VACUUM ANALYZE")
            search = SearchLibrary(database, embedder)
            times, scans = [], []
            for number, question in enumerate(questions):
                started = perf_counter()
                await search(Principal(user_id=library.owner), question, scope=LibraryScope(), limit=21)
                ended = perf_counter()
                [vector] = await embedder.embed([question])
                again = perf_counter()
                await connection.fetchval(SCAN, library.owner, "'memori' | 'brain'", str(vector))
                if number >= 10:
                    times.append((ended - started) * 1000)
                    scans.append((perf_counter() - again) * 1000)
            await connection.close()
        (p50, p95), (scan_p50, scan_p95) = _p50_p95(times), _p50_p95(scans)
        name = f"search of a library of {size:,} chunks"
        figures += [
            Figure(
                name=f"{name}, p50; beside one scan of it",
                measured=p50,
                unit="ms",
                baseline=scan_p50,
                ratio=p50 / scan_p50,
            ),
            Figure(
                name="the same, p95",
                measured=p95,
                unit="ms",
                baseline=scan_p95,
                ratio=p95 / scan_p95,
                target=f"≤ {most} ms",
                ok=p95 <= most,
            ),
        ]
    return figures


def _p50_p95(milliseconds: list[float]) -> tuple[float, float]:
    percent = quantiles(milliseconds, n=100)
    return percent[49], percent[94]


def _texts() -> list[str]:
    """Consecutive paragraphs, as long as chunks are."""
    texts = [""]
    for name in SETS:
        for line in (CORPORA / "qa" / name / "passages.jsonl").read_text(encoding="utf-8").splitlines():
            if len(texts[-1]) > CHUNK_CHARACTERS:
                texts.append("")
            texts[-1] += json.loads(line)["text"] + "\n\n"
    return texts


def _questions() -> list[str]:
    """Of five, three are questions of a textbook, one is a single word of it, and one has a typing mistake."""
    chance = random.Random(7)
    lines = (CORPORA / "qa" / SETS[0] / "review.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"][:500] for line in lines][: QUERIES + 10]
    words = [max(question.split(), key=len).strip("?.,:;()\"'_“”") for question in questions]
    asked = []
    for number, (question, word) in enumerate(zip(questions, words, strict=True)):
        at = chance.randrange(1, max(2, len(word) - 1))
        asked.append({3: word, 4: word[:at] + word[at + 1 :]}.get(number % 5, question) or question)
    return asked


async def _store(library: Library, texts: list[str], vectors: list[Vector], model: str) -> None:
    file: UUID = await library.add_file()
    chunks = [
        Chunk(id=uuid7(), file_id=file, index=index, text=text, token_count=350, content_hash=str(index))
        for index, text in enumerate(texts)
    ]
    async with library.database.transaction(library.owner) as tx:
        await tx.chunks.replace(file, chunks, vectors, embedding_model=model, language="en")
        await tx.commit()


if __name__ == "__main__":
    print(table(run()))
