"""A section while its text comes in: what was kept of it, what was refused and why, and what it says too often."""

from collections import Counter

from learnx.domain.framing import is_instruction, is_question
from learnx.domain.grounding import Verdict
from learnx.domain.lessons import Section, SectionOutline, Sentence
from learnx.domain.model_text import Unit
from learnx.domain.persona_bounds import PersonaBounds
from learnx.domain.text_comparison import comparable

#: A section may say the same so many times; a model that loops says it hundreds of times.
_MOST_TIMES = 2
_LABEL = 12
#: So many sentences may state nothing of the subject before one does; questions, instructions and headings don't count.
_MOST_TALK = 10


class SectionWriting:
    """``started`` once its ``section`` event was sent, which is due with its first sign of life."""

    def __init__(self, outline: SectionOutline) -> None:
        self.outline = outline
        self.sentences: list[Sentence] = []
        self.reasons: list[str] = []
        self.corrected = 0
        self.started = False
        self._said: Counter[str] = Counter()
        self._count = 0
        self._block = 0
        self._item = False
        self._talk = 0
        self._head: Sentence | None = None

    @property
    def written(self) -> int:
        """How many sentences the model wrote that were kept."""
        return len(self.sentences) - (self._head is not None)

    @property
    def failed(self) -> bool:
        return len(self.reasons) > self.written

    def says_more_than(self, other: "SectionWriting") -> bool:
        """It has more sourced sentences."""
        return self.sourced > other.sourced

    @property
    def sourced(self) -> int:
        return sum(sentence.kind == "sourced" for sentence in self.sentences)

    @property
    def next_id(self) -> str:
        return f"{self.outline.id}.{self._count + 1}"

    def keep(self, unit: Unit, text: str, verdict: Verdict, reasons_why: tuple[str, ...]) -> Sentence:
        assert verdict.kind is not None
        sentence = Sentence(
            id=self.next_id,
            lead=self._lead(unit, text),
            text=text,
            kind=verdict.kind,
            citations=verdict.citations,
            because=reasons_why,
        )
        self._count += 1
        if verdict.kind != "framing":
            self._talk = 0
        self._talk += _is_talk(unit, text, verdict)
        self.corrected += verdict.corrected
        self.sentences.append(sentence)
        self._block, self._item = unit.block, unit.kind == "item"
        return sentence

    def begin_with(self, text: str) -> Sentence:
        """What the server says of the section, before all that the model writes of it."""
        unit = Unit(raw=text, kind="paragraph", block=0)
        self._head = self.keep(unit, text, Verdict(kind="framing"), ())
        return self._head

    def is_repeated(self, text: str) -> bool:
        """Whether the section says it already as often as a text may; a label ("Answer:") may come again and again."""
        said = comparable(text).casefold()
        self._said[said] += 1
        return self._said[said] > _MOST_TIMES and len(said) > _LABEL

    def talks_on(self, unit: Unit, text: str, verdict: Verdict) -> bool:
        """Whether it is one more sentence beside the subject than a learner should have to read: a model that rambles
        writes hundreds."""
        return self._talk >= _MOST_TALK and _is_talk(unit, text, verdict)

    def refuse(self, text: str, reason: str) -> str:
        """The id of the sentence that is retracted."""
        sentence_id = self.next_id
        self._count += 1
        self.reasons.append(f"“{text[:160]}”: {reason}")
        return sentence_id

    def limit(self, bounds: PersonaBounds) -> None:
        """Leave out what exceeds the bounds of a persona since other sections were written anew."""
        bounds.forget(self.outline.id)
        kept = []
        for sentence in self.sentences:
            if sentence is self._head:
                kept.append(sentence)
            elif not bounds.refusal(self.outline, sentence.kind, sentence.text):
                bounds.keep(self.outline.id, sentence.kind, sentence.text, sentence.citations)
                kept.append(sentence)
        self.sentences = kept

    def finished(self) -> Section:
        return Section(
            id=self.outline.id,
            type=self.outline.type,
            title=self.outline.title,
            sentences=tuple(self.sentences),
            markdown="".join(sentence.lead + sentence.text for sentence in self.sentences),
        )

    def _lead(self, unit: Unit, text: str) -> str:
        if not self.sentences:
            return unit.prefix
        if unit.block == self._block:
            return "" if "\u3040" <= text[:1] <= "\u9fff" else " "
        return ("\n" if self._item and unit.kind == "item" else "\n\n") + unit.prefix


def _is_talk(unit: Unit, text: str, verdict: Verdict) -> bool:
    return verdict.kind == "framing" and unit.kind != "heading" and not (is_question(text) or is_instruction(text))
