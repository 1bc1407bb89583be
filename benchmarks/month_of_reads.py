"""Who reads which document when, in a month that never was: seeded, with copies of one's own and changes of mind."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from random import Random
from uuid import UUID

from benchmarks.random_personas import edited, random_persona

from learnx.domain.lessons import LessonOptions
from learnx.domain.personalization import LessonPlan, plan_lesson
from learnx.domain.personas import Persona
from learnx.domain.retrieval import ChunkOutline

LEARNERS, DOCUMENTS, DAYS = 10_000, 2_000, 30
MOST_COPIES = 5
SITTINGS = 4.0
"""In which a learner reads one document's lesson once or several times, per month on average."""
AGAIN = 0.6
"""How likely another read follows within the sitting, a quarter of an hour later on average."""
CHANGES_MIND = 0.2
"""How likely one field of the persona is changed before a read."""
DAY = 86_400.0
OPTIONS = LessonOptions()
EXCERPT_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Document:
    """``tokens`` are those of the excerpts that the lesson is made from."""

    plan: LessonPlan
    hashes: dict[UUID, str]
    tokens: int


@dataclass(frozen=True, slots=True)
class Read:
    """``at`` is in seconds from the month's beginning; ``file`` is the learner's own copy of ``document``."""

    at: float
    owner: UUID
    file: UUID
    document: int
    persona: Persona


def documents(seed: int) -> list[Document]:
    """From one page to a book: 2 to 120 passages under up to a dozen headings."""
    choices = Random(f"documents {seed}")
    return [_document(number, choices) for number in range(DOCUMENTS)]


def _document(number: int, choices: Random) -> Document:
    count = round(min(120, max(2, choices.lognormvariate(2.8, 0.9))))
    headings = sorted(choices.randrange(min(12, count)) for _ in range(count))
    outline = [
        ChunkOutline(
            id=UUID(int=(number << 32) + index, version=4),
            index=index,
            heading_path=(f"Part {heading}",),
            token_count=choices.randint(150, 400),
            content_hash=sha256(f"{number} {index}".encode()).hexdigest(),
        )
        for index, heading in enumerate(headings)
    ]
    plan = plan_lesson(outline, OPTIONS, budget_tokens=EXCERPT_TOKENS)
    chosen = set(plan.chunk_ids)
    return Document(
        plan=plan,
        hashes={chunk.id: chunk.content_hash for chunk in outline},
        tokens=sum(chunk.token_count for chunk in outline if chunk.id in chosen),
    )


def reads(seed: int) -> list[Read]:
    """All of the month's, in their order."""
    choices = Random(f"reads {seed}")
    zipf = list(accumulate(1 / rank for rank in range(1, DOCUMENTS + 1)))
    found: list[Read] = []
    for number in range(LEARNERS):
        wanted = choices.randint(1, MOST_COPIES)
        own = list(dict.fromkeys(choices.choices(range(DOCUMENTS), cum_weights=zipf, k=wanted)))
        found += _reads_of(UUID(int=number, version=4), own, choices)
    return sorted(found, key=lambda read: read.at)


def _reads_of(owner: UUID, own: list[int], choices: Random) -> Iterator[Read]:
    persona = random_persona(choices)
    files = {document: UUID(int=choices.getrandbits(128), version=4) for document in own}
    at = choices.expovariate(SITTINGS / (DAYS * DAY))
    while at < DAYS * DAY:
        document = choices.choice(own)
        while True:
            if choices.random() < CHANGES_MIND:
                persona = edited(persona, choices)
            yield Read(at, owner, files[document], document, persona)
            if choices.random() >= AGAIN:
                break
            at += choices.expovariate(1 / 900)
        at += choices.expovariate(SITTINGS / (DAYS * DAY))
