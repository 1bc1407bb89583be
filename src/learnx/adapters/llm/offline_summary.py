"""Condenses a document to its own most telling sentences, spread evenly over its parts, as summaries are asked for."""

import html
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence

from learnx.adapters.llm.offline_layout import cited, listed
from learnx.adapters.llm.offline_prompt import ReadPrompt, read_prompt
from learnx.adapters.llm.offline_statements import Statement, statements, taught, weights
from learnx.adapters.llm.offline_taste import Taste
from learnx.domain.chunk_choice import evenly_spread
from learnx.domain.prompts import Prompt
from learnx.domain.summary_prompts import STATEMENTS
from learnx.domain.summary_sections import Place, in_turns
from learnx.domain.terms import FUNCTION_WORDS

_WORDS = re.compile(r"[Aa]t most (\d+) words(?: in all|, each)")
_STATEMENT = re.compile(r"^- (?P<text>.*) \[(?P<excerpt>\d+)[\d,]*\]$")
_ASKS_QUESTIONS = re.compile(r"self-test questions")
_SUBJECT = re.compile(
    r"^(?!(?:what|which|who|how|why|where|when|there|here)\b)(?P<subject>(?:(?:an?|the)\s)?[\w'’-]+(?:\s[\w'’-]+){0,4}?)\s(?P<verb>is|are)\s"
    r"(?:an?|the|one of|defined|called|those)\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"\b(?:whereas|unlike|while|in contrast|rather than|differ|instead of|but)\b", re.IGNORECASE)
_DOCUMENT = re.compile(r'^Document: .*\n<excerpt id="(\d+)"', re.MULTILINE)
_NUMBERED = re.compile(r"^(?:\d+|[A-Z])(?:\.\d+)*[.:)]?\s+(?=\w)")
_PARAGRAPH = 4
_QUESTIONS, _QUESTIONS_SHARE = 5, 0.2
#: What a word beyond the first so many costs: short sentences let a summary touch more parts.
_SHORT, _LENGTH_COST = 18, 0.06
#: Within a part a statement under a heading that was said of already waits for those that were not.
_SAID_COST = 2.0


def part(prompt: Prompt) -> Iterator[str]:
    """The statements of one part of a long document."""
    found, exam = _standing(statements(read_prompt(prompt).excerpts)), "exam" in prompt.task
    for statement in _chosen(found, _documents(prompt), _room(prompt), exam=exam):
        yield listed([[statement]])


def summary(prompt: Prompt) -> Iterator[str]:
    """The same facts in every style and at every level."""
    read, exam = read_prompt(prompt), _ASKS_QUESTIONS.search(prompt.task) is not None
    room = _room(prompt)
    room_for_facts = round(room * (1 - _QUESTIONS_SHARE)) if exam else room
    given = _given(read, prompt.task) or _standing(_shortened(read, room_for_facts))
    kept = _chosen(given, _documents(prompt), room_for_facts, exam=exam)
    style = Taste.of(read.persona).summary
    if any(statement.block for statement in kept):
        yield listed([[statement] for statement in kept])
    elif style == "paragraphs" and not any(statement.is_line for statement in kept):
        for start in range(0, len(kept), _PARAGRAPH):
            yield cited(kept[start : start + _PARAGRAPH]) + "\n\n"
    elif style == "outline":
        yield from _outline(kept)
    else:
        yield from (listed([[statement]]) for statement in kept)
    questions = [question for statement in kept if (question := _question(statement))] if exam else []
    for number, question in enumerate(_within(questions, room * _QUESTIONS_SHARE), start=1):
        yield ("\n" if number == 1 else "") + f"{number}. {question}\n"


def _standing(whole: Sequence[Statement]) -> list[Statement]:
    """What can be said by itself: without pointers to other places, where there is enough else."""
    found = [statement for statement in whole if not statement.leans]
    said = {statement.headings[:1] for statement in found if not _sends_away(statement)}
    kept = [one for one in found if not _sends_away(one) or one.headings[:1] not in said]
    return kept or list(whole)


def _shortened(read: ReadPrompt, room: int) -> list[Statement]:
    """With the blocks that there is room for; of a longer table its rows, of longer code its lines."""
    found = [one for whole in taught(read.excerpts) for one in (whole.rows if whole.words > room else [whole])]
    return found if any(statement.words <= room for statement in found) else statements(read.excerpts)


def _sends_away(statement: Statement) -> bool:
    return statement.points or statement.tells or statement.supposes


def _given(read: ReadPrompt, task: str) -> list[Statement]:
    """The statements that the task lists."""
    headings = {excerpt.number: excerpt.headings for excerpt in read.excerpts}
    lines = task.partition(STATEMENTS[0])[2].partition(STATEMENTS[1])[0].splitlines()
    return [
        Statement(
            text=html.unescape(match["text"]),
            excerpt=int(match["excerpt"]),
            headings=headings.get(int(match["excerpt"]), ()),
            place=place,
            opens=False,
        )
        for place, line in enumerate(lines)
        if (match := _STATEMENT.match(line))
    ]


def _chosen(found: Sequence[Statement], documents: Sequence[int], room: int, *, exam: bool) -> list[Statement]:
    """The best of every part, then the second best, while there is room; in reading order."""
    worth = weights(found)
    parts: dict[Place, list[Statement]] = defaultdict(list)
    for document, members in enumerate(_by_document(found, documents)):
        depth, numbers = _depth(members), dict[tuple[str, ...], int]()
        for statement in members:
            section = numbers.setdefault(statement.headings[: depth + 1], len(numbers))
            parts[document, section].append(statement)
    kept: list[Statement] = []
    titled: set[tuple[str, ...]] = set()
    order = [_ranked(parts[place], worth, exam=exam) for place in in_turns(parts)]
    for rank in range(max(map(len, order), default=0)):
        for queue in order:
            if rank < len(queue) and (size := _size(queue[rank], titled)) <= room:
                kept.append(queue[rank])
                titled.add(queue[rank].headings)
                room -= size
    return sorted(kept, key=lambda statement: statement.place)


def _documents(prompt: Prompt) -> list[int]:
    """The excerpts that the documents begin with."""
    return [int(number) for number in _DOCUMENT.findall(prompt.excerpts)]


def _by_document(found: Sequence[Statement], documents: Sequence[int]) -> list[list[Statement]]:
    grouped: dict[int, list[Statement]] = defaultdict(list)
    for statement in found:
        grouped[bisect(documents, statement.excerpt)].append(statement)
    return list(grouped.values())


def _ranked(members: Sequence[Statement], worth: dict[int, float], *, exam: bool) -> list[Statement]:
    said: dict[tuple[str, ...], int] = defaultdict(int)
    ranked: list[tuple[float, int, Statement]] = []
    for statement in sorted(members, key=lambda one: (-_telling(one, worth, exam=exam), one.place)):
        value = _telling(statement, worth, exam=exam) - _SAID_COST * said[statement.headings]
        ranked.append((-value, statement.place, statement))
        said[statement.headings] += 1
    return [statement for _, _, statement in sorted(ranked, key=lambda entry: entry[:2])]


def _telling(statement: Statement, worth: dict[int, float], *, exam: bool) -> float:
    value = worth[statement.place] - _LENGTH_COST * max(0, statement.words - _SHORT)
    if exam:
        contrasts = _CONTRAST.search(statement.text) is not None
        value += 0.8 * statement.defines + 0.2 * min(statement.figures, 3) + 0.5 * contrasts
    return value


def _depth(found: Sequence[Statement]) -> int:
    """The first depth, from 0, at which headings tell the statements apart."""
    deepest = max((len(statement.headings) for statement in found), default=0)
    return next((depth for depth in range(deepest) if len({one.headings[: depth + 1] for one in found}) > 1), 0)


def _size(statement: Statement, titled: Container[tuple[str, ...]]) -> int:
    """With its bullet; and with its heading if it is the first below it, so that an outline says as much as a list."""
    heading = 0 if statement.headings in titled or not statement.concept else len(statement.concept.split()) + 1
    return statement.words + 1 + heading


def _outline(kept: Sequence[Statement]) -> Iterator[str]:
    concept = ""
    for statement in kept:
        if statement.concept and statement.concept != concept:
            concept = statement.concept
            yield f"- {concept}\n"
        yield f"{'  ' if concept else ''}- {cited([statement])}\n"


def _question(statement: Statement) -> str | None:
    match = _SUBJECT.match(statement.text)
    subject = match["subject"] if match else ""
    agrees = match and (match["verb"].lower() == "are" or not subject.endswith("s"))
    if match and agrees and subject.split()[-1].lower() not in FUNCTION_WORDS:
        opening, _, rest = subject.partition(" ")
        if rest and (opening.lower() in FUNCTION_WORDS or not any(map(str.isupper, subject[1:]))):
            subject = f"{opening.lower()} {rest}"
        return f"What {match['verb'].lower()} {subject}?"
    title = _NUMBERED.sub("", statement.concept).strip(" .:")
    if title.endswith("?"):
        return title
    return f"What does the document say about {title}?" if title else None


def _within(questions: Sequence[str], room: float) -> list[str]:
    """Each once, spread evenly."""
    distinct = list(dict.fromkeys(questions))
    kept: list[str] = []
    for place in sorted(evenly_spread(len(distinct))[:_QUESTIONS]):
        if len(distinct[place].split()) + 1 <= room:
            kept.append(distinct[place])
            room -= len(distinct[place].split()) + 1
    return kept


def _room(prompt: Prompt) -> int:
    match = _WORDS.search(prompt.task)
    return int(match[1]) if match else 200
