"""Writes a lesson from a document's own sentences, selected and arranged, in the protocol that models are asked for."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from learnx.adapters.llm.offline_parts import by_part, one_of_each, parts_depth
from learnx.adapters.llm.offline_prompt import ReadPrompt, ReadSection
from learnx.adapters.llm.offline_statements import Statement, statements, weights
from learnx.adapters.llm.offline_taste import Taste
from learnx.domain.terms import FUNCTION_WORDS, stem

_HONESTY = (
    "This lesson is arranged from your document's own sentences, in order; it doesn't make up analogies of its own."
)
_SUBJECT = re.compile(
    r"^(?P<subject>(?:(?:an?|the)\s)?[\w'’-]+(?:\s[\w'’-]+){0,4}?)\s(?P<verb>is|are)\s"
    r"(?:an?|the|one of|defined|called|those)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w’'-]{3,}")
_PARAGRAPH = 4
#: A concept is worth naming where it gets so many words; fewer concepts are taken where there is no room.
_CONCEPT_WORDS = 45


class OfflineLesson:
    """``text`` yields the reply piece by piece: a heading, a sentence or a line at a time."""

    def __init__(self, prompt: ReadPrompt) -> None:
        self._prompt = prompt
        self._taste = Taste.of(prompt.persona)
        self._introduced: list[Statement] = []
        self._explained: list[Statement] = []

    def text(self) -> Iterator[str]:
        writers: dict[str, Callable[[ReadSection], Iterator[str]]] = {
            "introduction": self._introduction,
            "explanation": self._explanation,
            "examples": self._examples,
            "practice": self._practice,
            "summary": self._summary,
        }
        for section in self._prompt.sections:
            opening = f"## {section.type}: {section.title}\n\n"
            for piece in writers[section.type](section) if section.type in writers else ():
                yield opening + piece
                opening = ""
            if not opening:
                yield "\n\n"

    def _introduction(self, section: ReadSection) -> Iterator[str]:
        yield from self._welcome()
        pool = self._pool(section)
        early = {statement.place: -2.5 * rank / (len(pool) or 1) for rank, statement in enumerate(pool)}
        self._introduced = self._select(pool, section.words, extra=early)
        if self._introduced:
            yield "\n\n" + _prose(self._introduced)

    def _welcome(self) -> Iterator[str]:
        """Known before the document is read, so that a reader sees the first words at once."""
        if self._taste.greeting:
            yield self._taste.greeting + " "
        topics = [
            topic.title for topic in self._prompt.sections if topic.type == "explanation" and "…" not in topic.title
        ]
        yield _HONESTY
        if len(topics) > 1:
            items = "\n".join(f"- {_without_stops(topic)}" for topic in topics)
            yield f"\n\nIn this lesson you will read about these topics:\n\n{items}"

    def _explanation(self, section: ReadSection) -> Iterator[str]:
        said = set(self._introduced)
        kept = any(other.type == "examples" for other in self._prompt.sections)  # for that section
        pool = [
            statement
            for statement in self._pool(section)
            if statement not in said and not (kept and statement.shows_strongly)
        ]
        chosen = self._select(pool, section.words)
        self._explained.extend(chosen)
        concepts = self._by_part_or_concept(chosen)
        for concept, members in concepts:
            if len(concepts) > 1 and concept and concept != section.title:
                yield f"### {concept}\n\n"
            yield self._laid_out(members) + "\n\n"

    def _by_part_or_concept(self, chosen: Sequence[Statement]) -> list[tuple[str, list[Statement]]]:
        parts = by_part(chosen, self._parts_depth)
        if len(parts) == 1:
            return _by_concept(chosen)
        return [(self._part_title(members[0]), members) for members in parts]

    def _part_title(self, statement: Statement) -> str:
        return "".join(statement.headings[self._parts_depth :][:1])

    def _laid_out(self, members: list[Statement]) -> str:
        ordered = self._definitions_first(members) if self._taste.level == "beginner" else members
        if self._taste.format == "visual" and len(members) > 1:
            return "\n".join(f"- {_cited(group)}" for group in _leaning_together(ordered))
        if self._taste.format == "kinesthetic" and len(members) > 2:
            return "\n".join(f"{place}. {_cited(group)}" for place, group in enumerate(_leaning_together(ordered), 1))
        return _prose(ordered)

    def _definitions_first(self, members: list[Statement]) -> list[Statement]:
        groups = list(_leaning_together(members))
        groups.sort(key=lambda group: not group[0].defines)
        return [statement for group in groups for statement in group]

    def _examples(self, section: ReadSection) -> Iterator[str]:
        said = {*self._introduced, *self._explained}
        pool = [statement for statement in self._pool(section) if statement not in said]
        concepts = max(1, min(4, len({statement.headings[:2] for statement in pool})))
        wanted = max(1, self._taste.examples * concepts)
        showing = [statement for statement in pool if self._shows(statement, pool)]
        strongest = [statement for statement in showing if statement.shows_strongly]
        given = self._most_weighty(strongest if len(strongest) >= wanted else showing, wanted)
        others: list[Statement] = []
        if not given:
            usable = [
                statement
                for statement in pool
                if statement.applies and not (statement.leans or statement.points or statement.tells)
            ]
            others = self._most_weighty(usable, wanted)
        if given:
            yield "Look at these examples from your document:\n\n"
        elif others:
            yield "Your document gives no example in so many words; look at how it puts the ideas to use:\n\n"
        by_place = {statement.place: statement for statement in pool}
        for statement in given or others:
            following = by_place.get(statement.place + 1)
            before = by_place.get(statement.place - 1) if statement.leans else None
            run = [item for item in (before, statement) if item]
            if following and following.leans and not following.exemplifies:
                run.append(following)
            yield f"- {_cited(run)}\n"

    def _shows(self, statement: Statement, pool: Sequence[Statement]) -> bool:
        if statement.points or statement.tells:
            return False
        if not statement.exemplifies and not re.search(r"\bexamples?\b", statement.concept, re.IGNORECASE):
            return False
        return not statement.leans or any(other.place == statement.place - 1 for other in pool)

    def _practice(self, section: ReadSection) -> Iterator[str]:
        source = [
            statement
            for statement in self._explained_or_chosen(section)
            if not statement.leans and (5 if statement.is_line else 1) <= statement.words <= 32
        ]
        wanted = max(2, min(8, section.words // 28))
        chosen = self._most_weighty(source, wanted)
        questions = [(question, statement) for statement in chosen if (question := self._question(statement))]
        if not questions:
            return
        yield self._taste.before_questions + "\n\n"
        for place, (question, statement) in enumerate(questions, start=1):
            yield f"{place}. {question}\n   - {_cited([statement])}\n"
        if self._taste.after_questions:
            yield f"\n{self._taste.after_questions}\n"

    def _question(self, statement: Statement) -> str | None:
        """The definition asked back, or the sentence with its most telling word left out."""
        match = _SUBJECT.match(statement.text)
        if match and not statement.leans and match["subject"].split()[-1].lower() not in FUNCTION_WORDS:
            subject = match["subject"]
            if not subject.isupper() and not any(char.isupper() for char in subject[1:]):
                subject = subject[0].lower() + subject[1:]
            return f"What {match['verb'].lower()} {subject}?"
        words = [word for word in _WORD.findall(statement.text)[1:] if word.lower() not in FUNCTION_WORDS]
        words = [word for word in words if word.islower()]
        if not words:
            return None
        hidden = max(words, key=lambda word: (self._spread.get(stem(word), 0) >= 2, len(word)))
        blank = re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", "…", statement.text, count=1).rstrip(".!")
        return f"Which word is missing: {blank}?"

    @cached_property
    def _spread(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for statement in self._all:
            for term in statement.terms:
                counts[term] += 1
        return counts

    def _summary(self, section: ReadSection) -> Iterator[str]:
        source = [statement for statement in self._explained_or_chosen(section) if not statement.leans]
        chosen = self._select(source, section.words)
        if self._taste.summary == "paragraphs":
            yield _prose(chosen)
        elif self._taste.summary == "outline":
            for concept, members in _by_concept(chosen):
                if concept:
                    yield f"- {concept}\n"
                indent = "  " if concept else ""
                yield "".join(f"{indent}- {_cited([statement])}\n" for statement in members)
        else:
            yield "".join(f"- {_cited([statement])}\n" for statement in chosen)

    def _explained_or_chosen(self, section: ReadSection) -> list[Statement]:
        """What was explained before; where no explanation was asked for, what one would say."""
        if not self._explained:
            return self._select(self._pool(section), section.words * 3)
        return sorted({*self._introduced, *self._explained}, key=lambda statement: statement.place)

    @cached_property
    def _all(self) -> list[Statement]:
        return statements(self._prompt.excerpts)

    @cached_property
    def _parts_depth(self) -> int:
        return parts_depth(self._all)

    @cached_property
    def _weights(self) -> dict[int, float]:
        return weights(self._all)

    def _pool(self, section: ReadSection) -> list[Statement]:
        """What may be said: without pointers to figures and other places, where a part has enough else to say."""
        pool = [statement for statement in self._all if statement.excerpt in section.excerpts]
        if sum(not statement.points for statement in pool) < 5:
            return pool
        return [
            statement
            for part in by_part(pool, self._parts_depth)
            for statement in part
            if not statement.points or all(other.points for other in part)
        ]

    def _worth(self, statement: Statement) -> float:
        return self._weights[statement.place] + self._taste.suits(statement)

    def _most_weighty(self, pool: Iterable[Statement], count: int) -> list[Statement]:
        best = sorted(pool, key=lambda statement: (-self._worth(statement), statement.place))[:count]
        return sorted(best, key=lambda statement: statement.place)

    def _select(self, pool: Sequence[Statement], budget: int, extra: dict[int, float] | None = None) -> list[Statement]:
        """About ``budget`` words, in reading order: one sentence of each part of the document that the pool is from,
        unless there is ``extra`` worth, and then spread over the concepts; a sentence that leans on the one before it
        is only taken with it."""
        bonus = extra or {}
        worth = {item.place: self._worth(item) + bonus.get(item.place, 0.0) for item in pool}
        queues: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
        for statement in sorted(pool, key=lambda item: -worth[item.place]):
            queues[statement.headings].append(statement)
        richest = sorted(queues, key=lambda concept: -sum(worth[item.place] for item in queues[concept][:3]))
        queues = {concept: queues[concept] for concept in richest[: max(1, budget // _CONCEPT_WORDS)]}
        parts = [] if extra else by_part(pool, self._parts_depth)
        chosen = {item.place: item for item in one_of_each(parts, budget, worth)} if len(parts) > 1 else {}
        for concept, queue in queues.items():
            queues[concept] = [item for item in queue if item.place not in chosen]
        count = sum(item.words for item in chosen.values())
        while count < budget and any(queues.values()):
            for queue in queues.values():
                taken = _next_standing(queue, chosen)
                if taken is None:
                    queue.clear()
                elif not chosen or count + taken.words <= budget + 12:
                    chosen[taken.place] = taken
                    count += taken.words
                if count >= budget:
                    break
        return [chosen[place] for place in sorted(chosen)]


def _next_standing(queue: list[Statement], chosen: dict[int, Statement]) -> Statement | None:
    for statement in queue:
        if not statement.leans or statement.place - 1 in chosen:
            queue.remove(statement)
            return statement
    return None


def _by_concept(chosen: Sequence[Statement]) -> list[tuple[str, list[Statement]]]:
    groups: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for statement in chosen:
        groups[statement.headings].append(statement)
    return [(members[0].concept, members) for members in groups.values()]


def _leaning_together(members: Sequence[Statement]) -> Iterator[list[Statement]]:
    group: list[Statement] = []
    for statement in members:
        if group and not (statement.leans and statement.place == group[-1].place + 1):
            yield group
            group = []
        group.append(statement)
    if group:
        yield group


def _prose(members: Sequence[Statement]) -> str:
    groups = list(_leaning_together(members))
    if any(statement.is_line for statement in members):
        return "\n".join(f"- {_cited(group)}" for group in groups)
    paragraphs: list[list[Statement]] = [[]]
    for group in groups:
        if len(paragraphs[-1]) >= _PARAGRAPH:
            paragraphs.append([])
        paragraphs[-1].extend(group)
    return "\n\n".join(_cited(paragraph) for paragraph in paragraphs if paragraph)


def _cited(members: Iterable[Statement]) -> str:
    return " ".join(f"{statement.text} [{statement.excerpt}]" for statement in members)


def _without_stops(title: str) -> str:
    """A heading that nothing in it ends: "4. How vaccines work" would be read as two sentences."""
    return re.sub(r"[.!?…。！？]+(?=\s)", ":", title.strip()).strip(" .!?…。！？:#*|-")
