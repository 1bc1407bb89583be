"""Writes a lesson from a document's own sentences, selected and arranged, in the protocol that models are asked for."""

import re
from collections.abc import Callable, Iterator, Sequence

from learnx.adapters.llm.offline_choice import LessonChoice
from learnx.adapters.llm.offline_layout import cited, listed
from learnx.adapters.llm.offline_prompt import ReadPrompt, ReadSection
from learnx.adapters.llm.offline_statements import Statement
from learnx.adapters.llm.offline_taste import Taste
from learnx.adapters.llm.offline_units import Unit, beginning
from learnx.domain.planted import is_order
from learnx.domain.terms import FUNCTION_WORDS, stem

_SUBJECT = re.compile(
    r"^(?!(?:what|which|who|how|why|where|when|there|here)\b)(?P<subject>(?:(?:an?|the)\s)?[\w'’-]+(?:\s[\w'’-]+){0,4}?)\s(?P<verb>is|are)\s"
    r"(?:an?|the|one of|defined|called|those)\b",
    re.IGNORECASE,
)
#: A word that a gap in its place ends no sentence.
_INNER_WORD = re.compile(r"[^\W\d_][\w’'-]{3,}(?=,?\s[^\W\d_A-Z])")
_PARAGRAPH = 4
#: A question takes so many words with its answer; one is made of a sentence of so many words, or of a line.
_QUESTION_WORDS, _QUESTIONED, _QUESTIONED_LINE = 28, range(1, 33), range(5, 33)
_QUESTIONS = range(2, 9)
#: The most that a long time is filled with.
_MOST_QUESTIONS = 30
#: A summary has so many facts at least, unless the lesson must not be longer.
_SUMMARIZED = 3
#: What an explanation shows whole is summed up in so many rows at most of a table, and in none of code.
_ROWS = 5


class OfflineLesson:
    """``text`` yields the reply piece by piece: a heading, a sentence or a line at a time."""

    def __init__(self, prompt: ReadPrompt) -> None:
        self._prompt = prompt
        self._taste = Taste.of(prompt.persona)
        self._choice = LessonChoice(prompt, self._taste)

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
        """Its first lines are known before the document is read, so that a reader sees the first words at once."""
        yield self._taste.welcome
        topics = [
            topic.title
            for topic in self._prompt.of_type("explanation")
            if "…" not in topic.title and not is_order(topic.title)
        ]
        if len(topics) > 1:
            items = "\n".join(f"- {_without_stops(topic)}" for topic in topics)
            yield f"\n\nIn this lesson you will read about these topics:\n\n{items}"
        if self._choice.introduced:
            yield "\n\n" + _prose(self._choice.introduced)

    def _explanation(self, section: ReadSection) -> Iterator[str]:
        concepts = self._choice.explained[section]
        for concept in concepts:
            if len(concepts) > 1 and concept.title and concept.title != section.title:
                yield f"### {concept.title}\n\n"
            yield self._laid_out(sorted(concept.chosen, key=self._taste.order)) + "\n\n"

    def _laid_out(self, said: Sequence[Unit]) -> str:
        if self._taste.format == "visual" and len(said) > 1:
            return listed([unit.members for unit in said])
        if self._taste.format == "kinesthetic" and len(said) > 1:
            return listed([unit.members for unit in said], numbered=True)
        return _prose(said)

    def _examples(self, section: ReadSection) -> Iterator[str]:
        given, are_called_so = self._choice.examples
        if given and are_called_so:
            yield "Look at these examples from your document:\n\n"
        elif given:
            yield "Your document gives no example in so many words; look at how it puts the ideas to use:\n\n"
        yield listed([unit.members for unit in given])
        if given and self._taste.after_examples:
            yield f"\n{self._taste.after_examples}\n"

    def _practice(self, section: ReadSection) -> Iterator[str]:
        least, most = (1, _MOST_QUESTIONS) if self._prompt.is_limited else (_QUESTIONS.start, _QUESTIONS.stop - 1)
        wanted = max(least, min(most, section.words // _QUESTION_WORDS))
        fit = [
            statement
            for unit in self._choice.core
            for statement in unit.first.rows or [unit.first]
            if not statement.block and statement.words in (_QUESTIONED_LINE if statement.is_line else _QUESTIONED)
        ]
        summed_up = [one for other in self._prompt.of_type("summary") for one in self._summarized(other)]
        fit.sort(key=lambda statement: statement in summed_up)
        questions = [(question, statement) for statement in fit if (question := self._question(statement))][:wanted]
        if not questions:
            return
        yield self._taste.before_questions + "\n\n"
        for place, (question, statement) in enumerate(questions, start=1):
            yield f"{place}. {question}\n   - {cited([statement])}\n"
        for line in self._taste.after_questions:
            yield f"\n{line}\n"

    def _question(self, statement: Statement) -> str | None:
        """The definition asked back, or the sentence with its most telling word left out."""
        match = _SUBJECT.match(statement.text)
        if match and match["subject"].split()[-1].lower() not in FUNCTION_WORDS:
            subject = match["subject"]
            if not subject.isupper() and not any(char.isupper() for char in subject[1:]):
                subject = subject[0].lower() + subject[1:]
            return f"What {match['verb'].lower()} {subject}?"
        inner = _INNER_WORD.findall(statement.text)[1:]
        words = [word for word in inner if word.islower() and word not in FUNCTION_WORDS]
        if not words:
            return None
        hidden = max(words, key=lambda word: (self._choice.spread.get(stem(word), 0) >= 2, len(word)))
        blank = re.sub(rf"(?<![\w’'-]){re.escape(hidden)}(?=,?\s[^\W\d_A-Z])", "…", statement.text, count=1).rstrip(
            ".!"
        )
        return f"Which word is missing: {blank}?"

    def _summary(self, section: ReadSection) -> Iterator[str]:
        kept = self._summarized(section)
        if any(statement.block for statement in kept):
            yield listed([[statement] for statement in kept])
        elif self._taste.summary == "paragraphs":
            yield _paragraphs([[statement] for statement in kept])
        elif self._taste.summary == "outline":
            concept = ""
            for statement in kept:
                if statement.concept and statement.concept != concept:
                    concept = statement.concept
                    yield f"- {concept}\n"
                yield f"{'  ' if concept else ''}- {cited([statement])}\n"
        else:
            yield listed([[statement] for statement in kept])

    def _summarized(self, section: ReadSection) -> list[Statement]:
        least = 1 if self._prompt.is_limited else _SUMMARIZED
        most = max(least, len(beginning(self._choice.core, section.words)))
        kept = sorted((unit.first for unit in self._choice.core[:most]), key=lambda one: one.place)
        if not self._choice.explained:
            return kept
        recalled = [one for statement in kept for one in statement.rows[:_ROWS] or [statement]]
        return [one for one in recalled if not one.block or one.block.kind == "equation"]


def _prose(said: Sequence[Unit]) -> str:
    if any(unit.first.is_line or unit.first.block for unit in said):
        return listed([unit.members for unit in said])
    return _paragraphs([unit.members for unit in said])


def _paragraphs(groups: Sequence[Sequence[Statement]]) -> str:
    paragraphs: list[list[Statement]] = [[]]
    for group in groups:
        if len(paragraphs[-1]) >= _PARAGRAPH:
            paragraphs.append([])
        paragraphs[-1].extend(group)
    return "\n\n".join(cited(paragraph) for paragraph in paragraphs if paragraph)


def _without_stops(title: str) -> str:
    """A heading that nothing in it ends: "4. How vaccines work" would be read as two sentences."""
    return re.sub(r"[.!?…。！？]+(?=\s)", ":", title.strip()).strip(" .!?…。！？:#*|-")
