"""Reads a prompt as a model would: nothing but its text says what the offline model knows and is asked."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from learnx.domain.prompts import HEADING_SEPARATOR, Prompt

_EXCERPT = re.compile(
    r'<excerpt id="(?P<id>\d+)"(?: pages="[^"]*")?(?: heading="(?P<heading>[^"]*)")?>\n(?P<text>.*?)\n</excerpt>',
    re.DOTALL,
)
_SECTION = re.compile(
    r"^\d+\. The line `## (?P<type>\w+): (?P<title>.*)`, then: (?P<task>About \d+ words.*)$", re.MULTILINE
)
_LIST = "\nThe sections to write"
_WRITTEN = re.compile(r"^- (?P<type>\w+): (?P<title>.*)\. (?P<task>About \d+ words.*)$", re.MULTILINE)
_LIMIT = re.compile(r"^The whole lesson: \d+ words, not more\.$", re.MULTILINE)
_WORDS = re.compile(r"About (\d+) words(?:: (\d+) concept)?")
_RESTS_ON = re.compile(r"Rests on excerpts ([\d, ]+)\.")


@dataclass(frozen=True, slots=True)
class ReadExcerpt:
    number: int
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ReadSection:
    """``concepts`` of an explanation share its words."""

    type: str
    title: str
    words: int
    concepts: int
    excerpts: frozenset[int]


@dataclass(frozen=True, slots=True)
class ReadPrompt:
    """``persona`` maps paths (``professional.technicalLevel``) to values; empty where the prompt shows none.

    ``sections`` are asked for; ``written`` are the lesson's others. ``is_limited``: the lesson must not be longer than
    is asked, whatever else is asked of it.
    """

    excerpts: tuple[ReadExcerpt, ...]
    persona: Mapping[str, object]
    sections: tuple[ReadSection, ...]
    written: tuple[ReadSection, ...]
    is_limited: bool = False

    def of_type(self, type_: str) -> list[ReadSection]:
        """All sections of that type, asked for or written, in the order of what they rest on."""
        found = [section for section in (*self.written, *self.sections) if section.type == type_]
        return sorted(found, key=lambda section: min(section.excerpts, default=0))


def read_prompt(prompt: Prompt) -> ReadPrompt:
    excerpts = tuple(
        ReadExcerpt(
            number=int(match["id"]),
            headings=tuple(html.unescape(match["heading"]).split(HEADING_SEPARATOR)) if match["heading"] else (),
            text=html.unescape(match["text"]),
        )
        for match in _EXCERPT.finditer(prompt.excerpts)
    )
    every = frozenset(excerpt.number for excerpt in excerpts)
    return ReadPrompt(
        excerpts=excerpts,
        persona=_persona(prompt.persona),
        sections=tuple(_section(match, every) for match in _SECTION.finditer(prompt.task)),
        written=tuple(_section(match, every) for match in _WRITTEN.finditer(prompt.task.partition(_LIST)[0])),
        is_limited=_LIMIT.search(prompt.task.partition(_LIST)[0]) is not None,
    )


def _persona(part: str) -> dict[str, object]:
    lines = (line.partition(": ") for line in part.splitlines() if ": " in line)
    return {path: json.loads(html.unescape(value)) for path, _, value in lines}


def _section(match: re.Match[str], every: frozenset[int]) -> ReadSection:
    words, rests = _WORDS.search(match["task"]), _RESTS_ON.search(match["task"])
    return ReadSection(
        type=match["type"],
        title=match["title"],
        words=int(words[1]) if words else 100,
        concepts=int(words[2]) if words and words[2] else 1,
        excerpts=frozenset(map(int, rests[1].split(","))) if rests else every,
    )
