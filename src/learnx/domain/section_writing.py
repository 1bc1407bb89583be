"""A section while its text comes in: what was kept of it, what was refused and why, and what it says too often."""

from collections import Counter

from learnx.domain.grounding import Verdict
from learnx.domain.lessons import Section, SectionOutline, Sentence
from learnx.domain.model_text import Unit
from learnx.domain.text_comparison import comparable

#: A section may say the same so many times; a model that loops says it hundreds of times.
_MOST_TIMES = 2
_LABEL = 12


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

    @property
    def failed(self) -> bool:
        return len(self.reasons) > len(self.sentences)

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
        self.corrected += verdict.corrected
        self.sentences.append(sentence)
        self._block, self._item = unit.block, unit.kind == "item"
        return sentence

    def is_repeated(self, text: str) -> bool:
        """Whether the section says it already as often as a text may; a label ("Answer:") may come again and again."""
        said = comparable(text).casefold()
        self._said[said] += 1
        return self._said[said] > _MOST_TIMES and len(said) > _LABEL

    def refuse(self, text: str, reason: str) -> str:
        """The id of the sentence that is retracted."""
        sentence_id = self.next_id
        self._count += 1
        self.reasons.append(f"“{text[:160]}”: {reason}")
        return sentence_id

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
