"""A lesson as text for a terminal: Markdown that grows by whole sections, each sentence with its pages."""

from collections.abc import Iterator

from learnx.domain.lessons import (
    Citation,
    Completed,
    LessonEvent,
    Restarted,
    SectionStarted,
    SentenceRetracted,
    SentenceVerified,
)


class _Section:
    """What it consists of so far; one that lost more than it kept will be written anew."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.sentences: list[SentenceVerified] = []
        self.lost = 0

    @property
    def settled(self) -> bool:
        return self.lost <= len(self.sentences)


class LessonText:
    """Turns events into pieces of text, in order. What was written can't be taken back, hence a section is held back
    until the next begins, while it may be written anew, and while nothing in the lesson has a source yet."""

    def __init__(self) -> None:
        self._held: dict[str, _Section] = {}
        self._sources: dict[Citation, str] = {}
        self._written = self._sourced = False

    def pieces(self, event: LessonEvent) -> Iterator[str]:
        match event:
            case SectionStarted():
                if event.section_id not in self._held:
                    yield from self._settled()
                self._held[event.section_id] = _Section(event.title)
            case SentenceVerified():
                self._held[event.section_id].sentences.append(event)
                self._sourced = self._sourced or event.kind == "sourced"
            case SentenceRetracted():
                self._held[event.section_id].lost += 1
            case Restarted():
                self._held.clear()
                self._sources.clear()
                if self._written:
                    yield "\n(From the beginning:)\n"
            case Completed():
                yield from self._all()

    def sources(self) -> str:
        """The places that were cited so far with their quotes, once each, in the order of the lesson."""
        lines = [
            f"- {mark}{_printed(citation)} “{' '.join(citation.quote.split())}”"
            for citation, mark in self._sources.items()
        ]
        return "\n## Sources\n\n" + "\n".join(lines) + "\n" if lines else ""

    def _settled(self) -> Iterator[str]:
        """In the order of the lesson, up to the first that has to wait."""
        if self._sourced and all(section.settled for section in self._held.values()):
            yield from self._all()

    def _all(self) -> Iterator[str]:
        for section in self._held.values():
            if section.sentences:
                before = "\n" if self._written else ""
                yield f"{before}## {section.title}\n\n"
                self._written = True
                for sentence in section.sentences:
                    yield f"{sentence.lead}{sentence.text}{self._marks(sentence)}"
                yield "\n"
        self._held.clear()

    def _marks(self, sentence: SentenceVerified) -> str:
        """After the sentence; below it where it is a block, which text on its last line would break."""
        marks = list(dict.fromkeys(self._mark(citation) for citation in sentence.citations))
        if sentence.kind == "analogy":
            marks = ["[analogy]"]
        if not marks:
            return ""
        return ("\n\n" if "\n" in sentence.text else " ") + " ".join(marks)

    def _mark(self, citation: Citation) -> str:
        known = self._sources.get(citation)
        if known is None:
            known = self._sources[citation] = _place(citation, len(self._sources) + 1)
        return known


def _place(citation: Citation, number: int) -> str:
    """The physical page, as a viewer counts it; where a format has no pages, the number of the source."""
    return f"[p. {citation.page_number}]" if citation.page_number is not None else f"[source {number}]"


def _printed(citation: Citation) -> str:
    """What is printed on the page, where that differs."""
    label = citation.page_label
    return f" (printed: {label})" if label and label != str(citation.page_number) else ""
