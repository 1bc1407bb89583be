"""Long documents of our own, generated the same every time: chapters of prose that each have a vocabulary."""

from collections.abc import Iterator
from itertools import count
from random import Random
from uuid import UUID

from tests.domain.lesson_material import FILE

from learnx.domain.chunking import chunk_document
from learnx.domain.documents import Block, Chunk, Document, PageMark

WORDS_PER_PAGE = 300
_SYLLABLES = tuple("bacedifoguhajekilomunaperisotuvawexiyozu"[place : place + 2] for place in range(0, 40, 2))
_PATTERNS = (
    "The {0} of a {1} depends on its {2}, because a {1} without {2} can't keep the {0}.",
    "A {0} is a {1} that holds {2} and passes it on to the next {0}.",
    "When the {0} rises by {3} percent, the {1} loses half of its {2}.",
    "Most of the {0} is found near the {1}, where the {2} is weakest.",
    "Every {1} that was measured had more {0} than {2}.",
    "It is the {0} that turns {1} into {2}, which takes {3} days.",
    "Without a steady {2} neither the {0} nor the {1} lasts for long in cold places, as {3} trials have shown.",
)


def book(*, pages: int, chapters: int, seed: int = 1) -> Document:
    """A contents page, ``chapters`` under headings of the first level, and references: ``pages`` pages in all."""
    random = Random(seed)
    titles = [f"{place}. The {_word(random)} and the {_word(random)}" for place in range(1, chapters + 1)]
    blocks = [*_under("Contents", ["\n".join(f"{title} ...... {place}" for place, title in enumerate(titles))], 1)]
    body = pages - 2
    for place, title in enumerate(titles):
        first, end = 2 + body * place // chapters, 2 + body * (place + 1) // chapters
        blocks += _under(title, list(prose(random, (end - first) * WORDS_PER_PAGE)), first)
    blocks += _under(
        "References", [f"{_word(random).title()}, A. ({year}). On {_word(random)}." for year in range(20)], pages
    )
    return Document(blocks=tuple(blocks), page_count=pages, language="en")


def prose(random: Random, words: int) -> Iterator[str]:
    """Paragraphs about a dozen things that have names of their own, about ``words`` words of them."""
    things = [_word(random) for _ in range(12)]
    while words > 0:
        sentences = [
            random.choice(_PATTERNS).format(*random.sample(things, 3), random.randint(2, 400))
            for _ in range(random.randint(3, 6))
        ]
        yield " ".join(sentences)
        words -= len(sentences) * 15


def chunks_of(document: Document) -> tuple[Chunk, ...]:
    """A token is three quarters of a word."""
    numbers = count(1)
    return chunk_document(
        document,
        file_id=FILE,
        new_id=lambda: UUID(int=next(numbers)),
        known={},
        count_tokens=lambda texts: [-(-len(text.split()) * 4 // 3) for text in texts],
    )


def _word(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(3)) + random.choice("nrtl")


def _under(title: str, paragraphs: list[str], first_page: int) -> Iterator[Block]:
    yield Block(kind="heading", text=title, level=1, page_marks=(PageMark(offset=0, page=first_page),))
    said = 0
    for text in paragraphs:
        page = first_page + said // WORDS_PER_PAGE
        yield Block(kind="paragraph", text=text, heading_path=(title,), page_marks=(PageMark(offset=0, page=page),))
        said += len(text.split())
