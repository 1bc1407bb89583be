"""How well text without headings is divided where it turns to another article, on articles one after another."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from pathlib import Path

from evaluation.long_documents import chunked, embedder
from evaluation.report import Table

from learnx.domain.documents import Block, Document
from learnx.domain.sentences import split_sentences
from learnx.domain.terms import terms
from learnx.domain.topic_shifts import PAGES, topic_shifts

#: So many passages of each set.
_PASSAGES = {"xquad.en": 240, "pubmedqa": 200}


@dataclass(frozen=True, slots=True)
class Articles:
    """``sentences`` in order, and ``bounds``: the places at which another article begins."""

    name: str
    document: Document
    sentences: tuple[str, ...]
    bounds: tuple[int, ...]


def topic_table(corpora: Path) -> Table:
    rows: list[Sequence[object]] = []
    missed: list[str] = []
    for name, count in _PASSAGES.items():
        for paragraphs in (True, False):
            articles = _articles(corpora, name, count, paragraphs=paragraphs)
            cuts = chunk_cuts(articles)
            even = _even_cuts(articles.sentences, len(cuts) + 1)
            rows += [_row(articles, "LearnX's chunks", cuts), _row(articles, "as many of even length", even)]
            rows.append(_row(articles, "LearnX's topics of a lesson", _topic_cuts(articles)))
            if found_share(articles.bounds, cuts) < 2 * found_share(articles.bounds, even):
                missed.append(f"{articles.name}: topic shifts are found at least twice as often as by even chunks")
    return Table(
        title="Chunks and topics of text without headings",
        columns=("articles, one after another", "division", "parts", "turns found", "± 1 sentence", "Pk", "WindowDiff"),
        rows=rows,
        notes="Turns found: articles that begin where a part begins. Pk (Beeferman and others 1999) and WindowDiff "
        "(Pevzner and Hearst 2002) are shares of windows judged wrongly, so that less is better; chunks are shorter "
        "than articles, which counts against them.",
        missed=missed,
    )


def chunk_cuts(articles: Articles) -> list[int]:
    """The places of the sentences with which chunks begin."""
    texts = [chunk.text for chunk in chunked(articles.document)]
    cuts: list[int] = []
    current, position = 0, 0
    for place, sentence in enumerate(articles.sentences):
        found = texts[current].find(sentence, position)
        if found < 0:
            current, position = current + 1, 0
            cuts.append(place)
            found = texts[current].index(sentence)
        position = found + len(sentence)
    return cuts


def found_share(bounds: Sequence[int], cuts: Sequence[int], within: int = 0) -> float:
    return sum(any(abs(cut - bound) <= within for cut in cuts) for bound in bounds) / len(bounds)


def pk(bounds: Sequence[int], cuts: Sequence[int], length: int) -> float:
    """Share of windows of half an article whose ends are wrongly held to be in one part, or in two."""
    return _windows(bounds, cuts, length, exact=False)


def window_diff(bounds: Sequence[int], cuts: Sequence[int], length: int) -> float:
    """Share of windows of half an article in which another number of turns is found than there is."""
    return _windows(bounds, cuts, length, exact=True)


def _windows(bounds: Sequence[int], cuts: Sequence[int], length: int, *, exact: bool) -> float:
    width = max(1, round(length / (len(bounds) + 1) / 2))

    def between(places: Sequence[int], start: int) -> int:
        return bisect_right(places, start + width) - bisect_right(places, start)

    wrong = 0
    for start in range(length - width):
        real, said = between(bounds, start), between(cuts, start)
        wrong += real != said if exact else bool(real) != bool(said)
    return wrong / (length - width)


def _row(articles: Articles, division: str, cuts: Sequence[int]) -> Sequence[object]:
    length = len(articles.sentences)
    return (
        articles.name,
        division,
        len(cuts) + 1,
        found_share(articles.bounds, cuts),
        found_share(articles.bounds, cuts, within=1),
        pk(articles.bounds, cuts, length),
        window_diff(articles.bounds, cuts, length),
    )


def _even_cuts(sentences: Sequence[str], parts: int) -> list[int]:
    sums = [0, *accumulate(embedder().count_tokens(list(sentences)))]
    part = [min(parts - 1, (before + after) * parts // (2 * sums[-1])) for before, after in pairwise(sums)]
    return [place for place, (before, after) in enumerate(pairwise(part), start=1) if before != after]


def _topic_cuts(articles: Articles) -> list[int]:
    """As a lesson's explanations are divided, by the chunks of the whole document."""
    cuts = [0, *chunk_cuts(articles), len(articles.sentences)]
    units = [terms(" ".join(articles.sentences[start:end])) for start, end in pairwise(cuts)]
    return [cuts[place] for place in topic_shifts(units, vocabulary=PAGES)]


def _articles(corpora: Path, name: str, count: int, *, paragraphs: bool) -> Articles:
    lines = (corpora / "qa" / name / "passages.jsonl").read_text(encoding="utf-8").splitlines()[:count]
    passages = [json.loads(line) for line in lines]
    texts = [" ".join(passage["text"].split()) for passage in passages]
    divided = [[text[start:end] for start, end in split_sentences(text)] for text in texts]
    titles = [passage["title"] if name == "xquad.en" else passage["doc_id"] for passage in passages]
    lengths = [
        sum(len(own) for _, own in group)
        for _, group in groupby(zip(titles, divided, strict=True), key=lambda pair: pair[0])
    ]
    blocks = texts if paragraphs else [" ".join(texts)]
    return Articles(
        name=f"{name}, {'in paragraphs' if paragraphs else 'in one run'}",
        document=Document(blocks=tuple(Block(kind="paragraph", text=text) for text in blocks)),
        sentences=tuple(sentence for own in divided for sentence in own),
        bounds=tuple(accumulate(lengths))[:-1],
    )
