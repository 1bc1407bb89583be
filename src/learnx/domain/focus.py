"""Whether what a lesson is made from names what it was asked to be about; where it doesn't, the learner is told."""

from collections.abc import Iterable, Sequence

from learnx.domain.general_words import GENERAL
from learnx.domain.markers import inert, read_markers, shown_text
from learnx.domain.prompts import Excerpt
from learnx.domain.terms import stem, terms, word_list

NOT_NAMED = (
    "The passages found for “{focus}” do not name it: this lesson is about what comes nearest to it in the document."
)

#: A focus may say how it is to be taught as well; no document needs to name that.
_OF_LESSONS = frozenset(
    map(
        stem,
        word_list("""
        advanced answer basics beginner chapter concept content definition detail document essential exam example
        exercise explanation formula fundamentals idea important intermediate introduction key lesson main overview page
        paper part point practice preparation prepare question quiz recap review revise revision section student study
        summary takeaway test text theory topic understanding
        """),
    )
)
_SAME_BEGINNING = 6
_WHOLE_BEGINNING = 4


def told_of_focus(focus: str | None, excerpts: Iterable[Excerpt]) -> str:
    """What a lesson begins by saying where no more than half of the focus's words are in its excerpts, or ""."""
    if focus is None:
        return ""
    wanted = [term for term in dict.fromkeys(terms(focus)) if term not in GENERAL and term not in _OF_LESSONS]
    if not wanted:
        return ""
    texts = (text for item in excerpts for text in (*item.chunk.heading_path, item.chunk.text))
    said = sorted({term for text in texts for term in terms(text)})
    named = sum(_is_among(term, said) for term in wanted)
    if 2 * named > len(wanted):
        return ""
    return NOT_NAMED.format(focus=inert(shown_text(read_markers(focus))))  # anyone can make a link with a focus in it


def _is_among(term: str, said: Sequence[str]) -> bool:
    """Also as another form of a word, in any language that forms them at the end."""
    beginning = term[:_SAME_BEGINNING]
    if len(beginning) < _WHOLE_BEGINNING:
        return term in said
    return any(
        other.startswith(beginning) or (len(other) >= _WHOLE_BEGINNING and term.startswith(other)) for other in said
    )
