"""Answers a question with a document's own sentences, and rewrites a follow-up with the words of the one before."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from math import log

from learnx.adapters.llm.asked_for import asks_for_something, fits
from learnx.adapters.llm.offline_follow_up import points_back, with_topic
from learnx.adapters.llm.offline_prompt import ReadExcerpt, read_prompt
from learnx.domain.answer_prompt import DENIAL, QUESTION
from learnx.domain.answerability import ANSWERED_FROM, PassageSentence, Question, passage_terms
from learnx.domain.assertions import is_unfinished
from learnx.domain.follow_ups import ANSWERED, ASKED, BESIDE, EARLIER, topic
from learnx.domain.prompts import Prompt

#: A sentence of another document is told as well where it says nearly as much of what is asked as the best one.
_NEARLY = 0.75
_DOCUMENT = re.compile(r"^Document: ", re.MULTILINE)
_DOCUMENT_TITLE = re.compile(r"^Document: (.*)$", re.MULTILINE)
#: "What is a reservoir?", "What does GGA stand for?": what is asked for is said where its name is the subject.
_DEFINED = re.compile(
    r"^\W*(?:what|who) (?:is|are|was|were|does|do) (?:an?|the)?\s*(?P<named>[^?？,;]+?)"
    r"(?:\s+(?:mean|stand for|refer to))?\s*[?？]?\s*$|^\W*define (?:an?|the)?\s*(?P<also>[^?？,;]+)",
    re.IGNORECASE,
)
_DEFINING = re.compile(
    r"^\W*(?:(?:an?|the|this|these)\s+)?(?P<subject>[^,;:.|]{2,60}?)(?:\s*\([^()]{1,40}\))?\s+"
    r"(?:is|are|was|were|means?|refers? to|denotes?|stands? for|describes?|represents?|consists? of|can be defined)\b",
    re.IGNORECASE,
)
#: Questions that more than one sentence may answer.
_EXPLAINED = re.compile(
    r"^\W*(?:what (?:is|are|was|were|does|do)|who (?:is|was)|why|how (?!many|much|long|old|far|tall|high|often)"
    r"|explain|describe|define)\b",
    re.IGNORECASE,
)
#: A definition counts for so much more; sentences that go on with their subject are told with it, up to so many.
_DEFINES, _GOES_ON = 0.8, 2
_LEANS = re.compile(
    r"^\W*(?:he|she|it|they|this|that|these|those|his|her|its|their|here|then|such|also|however|in addition"
    r"|for (?:this|that|the same) reason)\b",
    re.I,
)
#: What a sentence is weighed by beside its share of the question: how much of that the one before it has, for a
#: sentence after a question as well as its own; pairs of words in the question's order; what is asked for; a stop; what
#: it is asked of. Chosen on the even-numbered questions of XQuAD (English).
_BEFORE, _AFTER_A_QUESTION, _PAIRS, _FITS, _UNFINISHED, _UNNAMED = 0.25, 0.6, 0.2, 0.15, 0.2, 0.3


_OF_A_TITLE = 0.5
#: "Why?" is answered by a sentence that has so much of what it is about, and a reason.
_OF_A_BARE_ONE = 0.6


@dataclass(frozen=True, slots=True)
class _Told:
    """``text`` is on one line; ``weight`` says how likely it answers, ``share`` how much of the question it has;
    ``of_another``: it says it of another name than the one that is asked about."""

    excerpt: int
    text: str
    weight: float
    share: float
    fits: int
    of_another: bool


def answer(prompt: Prompt) -> Iterator[str]:
    """The best sentence of the best passage, of each document that says about as much; or that none says it."""
    line = next(line for line in prompt.task.splitlines() if line.startswith(QUESTION))
    titles = [html.unescape(title) for title in _DOCUMENT_TITLE.findall(prompt.excerpts)]
    asked = _Asked(html.unescape(line.removeprefix(QUESTION)), titles, read_prompt(prompt).excerpts)
    told = [best for part in _documents(prompt) if (best := _best(asked, part)) is not None]
    told.sort(key=lambda one: -one.weight)
    if not told:
        yield DENIAL
        return
    for one in told:
        if one is told[0] or (one.share >= _NEARLY * told[0].share and one.fits >= told[0].fits):
            yield f"{one.text} [{one.excerpt}]\n\n"


def standalone(prompt: Prompt) -> Iterator[str]:
    """The question, with what it points to beside it: of one question, the last that was answered."""
    lines = prompt.task.splitlines()
    asked = html.unescape(next(line for line in reversed(lines) if line.startswith(ASKED)).removeprefix(ASKED))
    answered = [
        html.unescape(line.removeprefix(EARLIER))
        for line, reply in pairwise(lines)
        if line.startswith(EARLIER) and reply.removeprefix(ANSWERED).strip()
    ]
    yield with_topic(asked, topic(answered))


def _documents(prompt: Prompt) -> list[tuple[ReadExcerpt, ...]]:
    """The excerpts, document by document."""
    parts = _DOCUMENT.split(prompt.excerpts)
    read = [read_prompt(Prompt(rules="", excerpts=part, persona="", task="")).excerpts for part in parts]
    return [excerpts for excerpts in read if excerpts]


class _Asked:
    """A question, and how much each of its words says: the fewer sentences have it, the more. ``own`` are those of a
    follow-up without its topic.

    ``about`` decides which passages answer it, ``itself`` which of their sentences: of a follow-up that is without what
    it is about, and it is with the words of titles, which tell sentences apart, if less than others.
    """

    def __init__(self, text: str, titles: Iterable[str], excerpts: Sequence[ReadExcerpt]) -> None:
        self.text = text
        self.about = Question(text, titles)
        self.itself = Question(text)
        alone = Question(BESIDE.sub("", text))
        #: "Why?": it says nothing but what it asks for.
        self.is_bare = alone.text != text and not alone.terms
        self.own = alone.terms or self.itself.terms
        if alone.terms and points_back(alone.text):
            self.itself = alone
        passages = [passage_terms(excerpt.text, excerpt.headings) for excerpt in excerpts]
        found = Counter(term for passage in passages for sentence in passage.sentences for term in sentence.terms)
        every = 1 + sum(len(passage.sentences) for passage in passages)
        self._weights = {
            term: log(every / (found[term] + 0.5)) * (1 if term in self.about.terms else _OF_A_TITLE)
            for term in self.itself.terms
        }

    def is_explained_by(self, said: frozenset[str], fit: int) -> bool:
        """Whether it says when, or why, of what a follow-up that asks nothing else is about."""
        if not asks_for_something(self.text):
            return True
        return fit > 0 and len(self.itself.terms) > 1 and self.share(said) >= _OF_A_BARE_ONE

    def share(self, found: frozenset[str]) -> float:
        whole = sum(self._weights.values())
        return sum(weight for term, weight in self._weights.items() if term in found) / whole if whole else 0.0


def _best(asked: _Asked, excerpts: tuple[ReadExcerpt, ...]) -> _Told | None:
    found: list[_Told] = []
    for excerpt in excerpts:
        passage = passage_terms(excerpt.text, excerpt.headings)
        evidence = passage.evidence(asked.about)
        if evidence < ANSWERED_FROM:
            continue
        for before, sentence in pairwise([None, *passage.sentences]):
            assert sentence is not None
            if not sentence.asserts or not asked.own & sentence.terms:
                continue
            said = passage.headings.union(sentence.terms, before.terms if before else ())
            of_another = asked.itself.puts_another_name(sentence.text, said)
            text = " ".join(sentence.text.split())
            fit = fits(asked.text, text)
            if asked.is_bare and not asked.is_explained_by(said, fit):
                continue
            weight = evidence + _weight(asked, before, sentence, fit)
            share = asked.share(sentence.terms)
            if before is not None and before.asserts and _LEANS.match(text):
                text = " ".join([*before.text.split(), f"[{excerpt.number}]", text])
            if _EXPLAINED.match(asked.text):
                text = f" [{excerpt.number}] ".join([text, *_going_on(passage.sentences, sentence)])
            found.append(_Told(excerpt.number, text, weight, share, fit, of_another))
    best = max(found, key=lambda told: told.weight, default=None)
    return None if best is None or best.of_another else best


def _weight(asked: _Asked, before: PassageSentence | None, sentence: PassageSentence, fit: int) -> float:
    own = asked.share(sentence.terms)
    with_before = asked.share(sentence.terms | before.terms) if before else own
    leading = _AFTER_A_QUESTION if before and before.text.endswith(("?", "？")) else _BEFORE
    pairs = len(asked.itself.pairs_in(sentence.sequence)) / (len(asked.itself.pairs) or 1)
    return (
        own
        + leading * (with_before - own)
        + _PAIRS * pairs
        + _FITS * fit
        + _DEFINES * _defines(asked, sentence)
        - _UNFINISHED * (is_unfinished(sentence.text) and " | " not in sentence.text)
        - _UNNAMED * (not asked.itself.subject <= (sentence.terms | before.terms if before else sentence.terms))
    )


def _going_on(sentences: Sequence[PassageSentence], said: PassageSentence) -> list[str]:
    """What follows in the passage as long as it speaks of the same by pronouns."""
    rest = sentences[sentences.index(said) + 1 :][:_GOES_ON]
    following = takewhile(lambda one: _LEANS.match(one.text) and not one.text.rstrip().endswith(("?", "？", ":")), rest)
    return [" ".join(one.text.split()) for one in following]


def _defines(asked: _Asked, sentence: PassageSentence) -> bool:
    """Whether the sentence says of the very thing that the question asks for what it is; words of titles aside."""
    question, said = _DEFINED.match(asked.about.text), _DEFINING.match(" ".join(sentence.text.split()))
    if question is None or said is None:
        return False
    of_titles = asked.itself.terms - asked.about.terms
    subject = Question(said["subject"]).terms - of_titles
    named = Question(question["named"] or question["also"]).terms & asked.about.terms
    return bool(named) and subject == named
