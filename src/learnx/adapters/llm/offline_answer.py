"""Answers a question with a document's own sentences, and rewrites a follow-up with the words of the one before."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from learnx.adapters.llm.offline_prompt import ReadExcerpt, read_prompt
from learnx.domain.answer_prompt import DENIAL, QUESTION
from learnx.domain.answerability import ANSWERED_FROM, PassageSentence, Question, passage_terms
from learnx.domain.follow_ups import ASKED, EARLIER
from learnx.domain.prompts import Prompt

#: A sentence of another document is told as well where it says nearly as much of what is asked as the best one.
_NEARLY = 0.75
_DOCUMENT = re.compile(r"^Document: ", re.MULTILINE)
_LEANS = re.compile(
    r"^\W*(?:he|she|it|they|this|that|these|those|his|her|its|their|here|then|such|also|however|in addition)\b", re.I
)
_POINTS = re.compile(
    r"\b(?:it|they|them|he|she|him|this|that|these|those|its|their|his|her|theirs|hers|(?:this|that) one|the same)\b",
    re.IGNORECASE,
)
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
    question = Question(html.unescape(line.removeprefix(QUESTION)))
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
        yield _POINTS.sub(topic, asked, count=1)
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
            found.append(_Told(excerpt.number, text, evidence + _says(question, sentence)))
    return max(found, key=lambda told: told.weight, default=None)


def _says(question: Question, sentence: PassageSentence) -> float:
    """How much of the question a sentence has, and whether it has what such a question asks for."""
    share = question.share_of(sentence.terms) + 0.3 * len(question.pairs_in(sentence.sequence)) / (
        len(question.pairs) or 1
    )
    fits = any(asks.search(question.text) and re.search(has, sentence.text) for asks, has in _KINDS)
    return share + 0.15 * fits
