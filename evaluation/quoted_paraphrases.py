"""What the verifier makes of the sentences written by hand, among the passages that a lesson would have had."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from evaluation.lesson_material import FILE, grouped, numbered, pdf_chunks
from evaluation.paraphrases import Paraphrase, paraphrases

from learnx.domain.documents import Chunk
from learnx.domain.grounding import Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt

#: So many chunks before and after a page come with it.
_AROUND = 8


def paraphrase_verdicts(corpora: Path, *, parity: int) -> list[tuple[bool, str, bool]]:
    """Of the sentences with an odd (1) or even (0) id: whether it is true, its kind, and whether it was sourced."""
    verifiers: dict[tuple[int, ...], Verifier] = {}
    found: list[tuple[bool, str, bool]] = []
    for item, excerpts, cited in cited_paraphrases(corpora, parity=parity):
        key = tuple(excerpt.chunk.id.int for excerpt in excerpts)
        verifier = verifiers.setdefault(key, Verifier(FILE, excerpts))
        verdict = verifier.verify(read_markers(f"{item.text} [{','.join(map(str, cited))}]"))
        found.append((item.true, item.kind, verdict.kind == "sourced"))
    return found


def cited_paraphrases(
    corpora: Path, *, parity: int
) -> Iterator[tuple[Paraphrase, tuple[Excerpt, ...], tuple[int, ...]]]:
    """Each with the excerpts of its lesson, and the numbers of those that its author had before them."""
    for item in paraphrases(corpora):
        if item.id % 2 != parity:
            continue
        if isinstance(item.place, int):
            chunks = _chunks(corpora / item.source)
            on_page = [chunk.index for chunk in chunks if _is_on(chunk, item.place)]
            part = chunks[max(0, on_page[0] - _AROUND) : on_page[-1] + _AROUND]
            excerpts = numbered(part)
            yield item, excerpts, tuple(e.number for e in excerpts if e.chunk.index in on_page)
        else:
            group = grouped(corpora, item.source)[item.place]
            yield item, group.excerpts, (group.doc_ids.index(item.place) + 1,)


def _is_on(chunk: Chunk, page: int) -> bool:
    return chunk.page_start is not None and chunk.page_end is not None and chunk.page_start <= page <= chunk.page_end


_chunks = lru_cache(maxsize=16)(pdf_chunks)
