"""A month of many learners, played through the real keys: what a model is asked, beside a plain cache by user and file.

The plain cache keeps a whole lesson for an hour under ``user:file``, and its prompt begins with the persona. Both send
their prompts to a provider that knows the beginning of a prompt again until ten minutes after it last read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from benchmarks.month_of_reads import DOCUMENTS, LEARNERS, OPTIONS, Document, Read, documents, reads
from benchmarks.report import Figure, table

from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import SectionOutline, SectionType
from learnx.domain.personalization import section_keys
from learnx.domain.personas import Persona
from learnx.domain.prompts import RULES, build_prompt

SEED = 20261122
PLAIN_LIFE = 3_600.0
PREFIX_LIFE = 600.0
RULES_TOKENS = len(RULES) // 4


@dataclass(slots=True)
class Provider:
    """Counts what it is asked; ``parts`` of a prompt are named by what they hold, with their tokens."""

    calls: int = 0
    sections: int = 0
    tokens: int = 0
    cached_tokens: int = 0
    _known: dict[tuple[object, ...], float] = field(default_factory=dict)

    @property
    def full_tokens(self) -> int:
        return self.tokens - self.cached_tokens

    def ask(self, at: float, parts: Sequence[tuple[object, int]], sections: int) -> None:
        self.calls += 1
        self.sections += sections
        prefix: tuple[object, ...] = ()
        known = True
        for name, tokens in parts:
            prefix += (name,)
            known = known and at - self._known.get(prefix, -PREFIX_LIFE) < PREFIX_LIFE
            self._known[prefix] = at
            self.tokens += tokens
            self.cached_tokens += tokens if known else 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a stored text was made of, whatever it is stored under."""

    at: float
    owner: UUID
    document: int
    persona: Persona

    def is_stale(self, read: Read, types: set[SectionType]) -> bool:
        """Whether a model would be asked something else now: what the prompts say decides, not the keys."""
        return (self.owner, self.document) != (read.owner, read.document) or (
            self.persona is not read.persona
            and any(_asked(type_, self.persona) != _asked(type_, read.persona) for type_ in types)
        )


@cache
def _asked(type_: SectionType, persona: Persona) -> str:
    """All that a prompt for one section of this type says about the learner, as the model sees it."""
    section = SectionOutline(id="s1", type=type_, title="")
    plan = LessonPlan(sections=(section,), chunk_ids=())
    prompt = build_prompt(excerpts=(), plan=plan, sections=(section,), options=OPTIONS, persona=persona)
    return f"{prompt.persona}\n{prompt.task}"


@dataclass(slots=True)
class SectionCache:
    """Ours: each section under its key, for as long as it is true."""

    provider: Provider = field(default_factory=Provider)
    stale: int = 0
    _stored: dict[str, Written] = field(default_factory=dict)
    _keys: dict[UUID, tuple[Persona, dict[str, str]]] = field(default_factory=dict)

    def read(self, read: Read, document: Document) -> None:
        keys = self._section_keys(read, document)
        kept = [section for section in document.plan.sections if keys[section.id] in self._stored]
        self.stale += any(self._stored[keys[section.id]].is_stale(read, {section.type}) for section in kept)
        missing = [section for section in document.plan.sections if keys[section.id] not in self._stored]
        if missing:
            parts = [("rules", RULES_TOKENS), (read.document, document.tokens), *_of_learner(read, missing)]
            self.provider.ask(read.at, parts, len(missing))
            written = Written(read.at, read.owner, read.document, read.persona)
            self._stored.update((keys[section.id], written) for section in missing)

    def _section_keys(self, read: Read, document: Document) -> dict[str, str]:
        persona, keys = self._keys.get(read.file, (None, {}))
        if persona is not read.persona:
            keys = section_keys(
                owner=read.owner,
                file_id=read.file,
                title=None,
                language="en",
                plan=document.plan,
                hashes=document.hashes,
                persona=read.persona,
                options=OPTIONS,
                model="a model",
            )
            self._keys[read.file] = (read.persona, keys)
        return keys


@dataclass(slots=True)
class PlainCache:
    """The baseline: a whole lesson under user and file, for an hour."""

    provider: Provider = field(default_factory=Provider)
    stale: int = 0
    _stored: dict[str, Written] = field(default_factory=dict)

    def read(self, read: Read, document: Document) -> None:
        key = f"{read.owner}:{read.file}"
        stored = self._stored.get(key)
        sections = document.plan.sections
        if stored is not None and read.at - stored.at < PLAIN_LIFE:
            self.stale += stored.is_stale(read, {section.type for section in sections})
            return
        (persona, task) = _of_learner(read, sections)
        parts = [persona, ("rules", RULES_TOKENS), (read.document, document.tokens), task]
        self.provider.ask(read.at, parts, len(sections))
        self._stored[key] = Written(read.at, read.owner, read.document, read.persona)


def _of_learner(read: Read, sections: Sequence[SectionOutline]) -> list[tuple[object, int]]:
    """Persona and task: about 200 tokens, and 25 a section after the first 60."""
    types = frozenset(section.type for section in sections)
    return [((read.persona, types), 200), (tuple(section.id for section in sections), 60 + 25 * len(sections))]


def run() -> list[Figure]:
    library, month = documents(SEED), reads(SEED)
    ours, plain = SectionCache(), PlainCache()
    for read in month:
        ours.read(read, library[read.document])
        plain.read(read, library[read.document])
    _asked.cache_clear()
    return _figures(len(month), ours, plain)


def _figures(count: int, ours: SectionCache, plain: PlainCache) -> list[Figure]:
    month = f"a month of {LEARNERS:,} learners, {DOCUMENTS:,} documents, {count:,} reads"
    mine, theirs = ours.provider, plain.provider
    return [
        _row(
            f"{month}: model calls (baseline: user:file for an hour)", mine.calls / 1e3, theirs.calls / 1e3, "thousand"
        ),
        _row("the month's sections written by a model", mine.sections / 1e3, theirs.sections / 1e3, "thousand"),
        _row("the month's prompt tokens, prefix-cached or not", mine.tokens / 1e6, theirs.tokens / 1e6, "million"),
        _row("of these, paid in full", mine.full_tokens / 1e6, theirs.full_tokens / 1e6, "million"),
        Figure(
            name="of these, prefix-cached (baseline: persona first)",
            measured=mine.cached_tokens / 1e6,
            unit="million",
            baseline=theirs.cached_tokens / 1e6,
        ),
        Figure(
            name="the month's reads of something stale",
            measured=ours.stale,
            baseline=plain.stale,
            target="0",
            ok=ours.stale == 0,
        ),
    ]


def _row(name: str, measured: float, baseline: float, unit: str) -> Figure:
    return Figure(name=name, measured=measured, unit=unit, baseline=baseline, ratio=measured / baseline)


if __name__ == "__main__":
    print(table(run()))
