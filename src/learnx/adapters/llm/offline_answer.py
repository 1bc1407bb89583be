"""Answers a question with a document's own sentences, and rewrites a follow-up with the words of the one before."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from learnx.adapters.llm.offline_prompt import ReadExcerpt, read_prompt
from learnx.domain.answer_prompt import DENIAL, QUESTION
from learnx.domain.answerability import ANSWERED_FROM, PassageSentence, Question, passage_terms
from learnx.domain.follow_ups import ASKED, EARLIER
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
    r"^\W*(?:he|she|it|they|this|that|these|those|his|her|its|their|here|then|such|also|however|in addition)\b", re.I
)
_POINTS = re.compile(
    r"\b(?:it|they|them|he|she|him|this|that|these|those|its|their|his|her|theirs|hers|(?:this|that) one|the same)\b",
    re.IGNORECASE,
)
#: What a follow-up is about, beside it, as ``standalone`` writes it.
_BESIDE = re.compile(r"\s*\([^()]*\)\s*$")
_KINDS = (
    (
        re.compile(r"\b(?:when|what (?:year|date|day|month|century)|how (?:many|much|long|old|far|tall|high))\b", re.I),
        r"\d",
    ),
    (re.compile(r"\bwh(?:o|om|ose)\b", re.I), r"(?<=\w )[A-Z]\w+"),
    (re.compile(r"\bwhy\b", re.I), r"\b(?:because|since|due to|so that|in order to|therefore|as a result)\b"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    """``text`` is on one line; ``weight`` says how much of the question it has."""

    excerpt: int
    text: str
    weight: float


def answer(prompt: Prompt) -> Iterator[str]:
    """The best sentence of the best passage, of each document that says about as much; or that none says it."""
    line = next(line for line in prompt.task.splitlines() if line.startswith(QUESTION))
    titles = [html.unescape(title) for title in _DOCUMENT_TITLE.findall(prompt.excerpts)]
    question = Question(html.unescape(line.removeprefix(QUESTION)), titles)
    best = [told for told in (_best(question, part) for part in _documents(prompt)) if told is not None]
    if not best:
        yield DENIAL
        return
    strongest = max(told.weight for told in best)
    for told in sorted(best, key=lambda told: -told.weight):
        if told.weight >= _NEARLY * strongest:
            yield f"{told.text} [{told.excerpt}]\n\n"


def standalone(prompt: Prompt) -> Iterator[str]:
    """The question with what it points to, or, where it points to nothing and says little, beside it."""
    lines = prompt.task.splitlines()
    asked = html.unescape(next(line for line in reversed(lines) if line.startswith(ASKED)).removeprefix(ASKED))
    earlier = [html.unescape(line.removeprefix(EARLIER)) for line in lines if line.startswith(EARLIER)]
    topic = " ".join(Question(earlier[-1]).words) if earlier else ""
    if topic and _POINTS.search(asked):
        yield f"{asked.rstrip('?？ ')}? ({topic})"
    elif topic and len(Question(asked).terms) < 2:
        yield f"{asked.rstrip('?？ ')} ({topic})?"
    else:
        yield asked


def _documents(prompt: Prompt) -> list[tuple[ReadExcerpt, ...]]:
    """The excerpts, document by document."""
    parts = _DOCUMENT.split(prompt.excerpts)
    read = [read_prompt(Prompt(rules="", excerpts=part, persona="", task="")).excerpts for part in parts]
    return [excerpts for excerpts in read if excerpts]


def _best(question: Question, excerpts: tuple[ReadExcerpt, ...]) -> _Told | None:
    found: list[_Told] = []
    itself = _itself(question)
    for excerpt in excerpts:
        passage = passage_terms(excerpt.text, excerpt.headings)
        evidence = passage.evidence(question)
        if evidence < ANSWERED_FROM:
            continue
        for before, sentence in pairwise([None, *passage.sentences]):
            assert sentence is not None
            text = " ".join(sentence.text.split())
            if not question.terms & sentence.terms or text.endswith(("?", "？")):
                continue
            if before is not None and _LEANS.match(text) and not before.text.endswith("?"):
                text = " ".join([*before.text.split(), f"[{excerpt.number}]", text])
            if _EXPLAINED.match(question.text):
                text = f" [{excerpt.number}] ".join([text, *_going_on(passage.sentences, sentence)])
            found.append(_Told(excerpt.number, text, evidence + _says(itself, sentence)))
    return max(found, key=lambda told: told.weight, default=None)


def _itself(question: Question) -> Question:
    """A follow-up without what it is about: the passage has to say that, the sentence what is asked of it."""
    alone = Question(_BESIDE.sub("", question.text))
    return alone if alone.terms and _POINTS.search(alone.text) else question


def _going_on(sentences: Sequence[PassageSentence], said: PassageSentence) -> list[str]:
    """What follows in the passage as long as it speaks of the same by pronouns."""
    rest = sentences[sentences.index(said) + 1 :][:_GOES_ON]
    following = takewhile(lambda one: _LEANS.match(one.text) and not one.text.rstrip().endswith(("?", "？", ":")), rest)
    return [" ".join(one.text.split()) for one in following]


def _says(question: Question, sentence: PassageSentence) -> float:
    """How much of the question a sentence has, and whether it has what such a question asks for."""
    share = question.share_of(sentence.terms) + 0.3 * len(question.pairs_in(sentence.sequence)) / (
        len(question.pairs) or 1
    )
    fits = any(asks.search(question.text) and re.search(has, sentence.text) for asks, has in _KINDS)
    return share + 0.15 * fits + _DEFINES * _defines(question, sentence)


def _defines(question: Question, sentence: PassageSentence) -> bool:
    """Whether the sentence says of the very thing that the question asks for what it is."""
    asked, said = _DEFINED.match(question.text), _DEFINING.match(" ".join(sentence.text.split()))
    if asked is None or said is None:
        return False
    subject = frozenset(Question(said["subject"]).terms)
    named = frozenset(Question(asked["named"] or asked["also"]).terms) & question.terms
    return bool(named) and subject == named
