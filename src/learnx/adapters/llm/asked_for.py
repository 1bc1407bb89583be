"""What a question asks for (a date, a number, a person, a reason), and whether a sentence has it."""

import re

_WORD = re.compile(r"\w+")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million"
    "|billion|dozen|half|third|quarter|once|twice|several|no"
)
_PERSONS = "people|persons?|patients?|men|women|children|infants|everyone|anyone|nobody|those who"
#: A capital that opens a sentence makes no name, unless another follows.
_NAME = r"(?<=[\w,;(“\"] )[A-Z]\w+|^[A-Z]\w+(?= [A-Z])"


def _kind(asks: str, has: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(asks, re.IGNORECASE), re.compile(has)


#: The first that a question fits says what it asks for.
_KINDS = (
    _kind(r"\b(?:what|which|how many) percent", r"\d\s?%|\d per ?cent\b"),
    _kind(
        r"\b(?:when|(?:what|which) (?:year|date|day|month|century|decade))\b",
        rf"\d+|\b(?:{_MONTHS})\b|\bcentur(?:y|ies)\b",
    ),
    _kind(r"\bhow (?:many|much|long|old|far|tall|high|often|large|fast|quickly)\b", rf"\d+|\b(?i:{_NUMBER_WORDS})\b"),
    _kind(r"\bwh(?:o|om|ose)\b", rf"{_NAME}|\b(?:{_PERSONS})\b"),
    _kind(r"\bwhere\b", rf"{_NAME}|\b(?:in|at|near|from|inside|between|under|above|below|on)\b"),
)
_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because|since|due to|so that|in order to|therefore|thus|hence|as a result|reasons?|owing to|thanks to"
    r"|causes?|caused|for the same reason|this is why|that is why)\b|, so\b",
    re.IGNORECASE,
)


def asks_for_something(question: str) -> bool:
    """Whether ``fits`` can tell anything."""
    return _WHY.search(question) is not None or _has(question) is not None


def fits(question: str, sentence: str) -> int:
    """1 where it has what is asked for, and the question has not; -1 where it has nothing of that kind; else 0."""
    if _WHY.search(question):
        return 1 if _REASON.search(sentence) else 0
    has = _has(question)
    if has is None:
        return 0
    known = {word.casefold() for word in _WORD.findall(question)}
    new = (found for found in has.findall(sentence) if not known.issuperset(map(str.casefold, _WORD.findall(found))))
    return 1 if any(new) else -1


def _has(question: str) -> re.Pattern[str] | None:
    return next((has for asks, has in _KINDS if asks.search(question)), None)
