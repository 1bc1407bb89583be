"""Whether a question leans on what was asked before, and how it is asked with that."""

import re

from learnx.domain.answerability import Question

_PRONOUN = r"(?:it|they|them|he|she|him|its|their|his|her|theirs|hers)"
#: Words that no subject of the same question stands before.
_OPENS = (
    r"(?:is|are|was|were|has|have|had|does|do|did|can|could|will|would|should|of|about|for|with|from|by|to|on|in|at"
    r"|against|than|and|why|how|when|where|who|what|which|but|so|or)"
)
_NOTHING_MEANT = re.compile(
    r"\bit (?:take|possible|true|necessary|important|known|useful|called|that|mean to|a good|safe to)\b", re.IGNORECASE
)
_POINTS = re.compile(
    rf"(?:^|\b{_OPENS} ){_PRONOUN}\b"
    rf"|(?:^|\b{_OPENS} )(?:this|that|these|those)(?: one| ones| two| three)?(?=[?？.!,]|$| {_OPENS}\b| \w+$| \w+[?？])"
    r"|\b(?:this|that|these|those) (?:same )?(?:one|ones|process|kind|case|way)\b|\bthe same(?=[?？]|$)"
    r"|\bthe (?:first|second|third|last|other|former|latter)(?: ones?)?(?=[?？]|$)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=\w)(?:,| (?:and|when|while|if|because|after|before|until|which|who|whose)\b)", re.IGNORECASE)
_LEADS_ON = re.compile(r"^\W*(?:and|but|or|so|also|what about|how about|what else)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:first|second|third|last|other|former|latter)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|can|could|will|would|should|must|may|might)\b", re.IGNORECASE
)
#: With more words of its own a question that leads on stands on its own.
_FEW = 3


def points_back(question: str) -> bool:
    """By a pronoun of its first clause: those of the others mean something in that one."""
    clauses = _CLAUSE.split(_NOTHING_MEANT.sub("", question))
    first = next((clause for clause in clauses if Question(clause).terms), "")
    until = len(clauses) if not first else clauses.index(first) + 1
    return any(_POINTS.search(clause) for clause in clauses[:until])


def with_topic(question: str, about: str) -> str:
    """The question, with what it is about where it does not say that itself; its own name or ordinal takes the place
    of another."""
    own = len(Question(question).terms)
    leads_on = _LEADS_ON.match(question) is not None and own < _FEW
    elliptic = own == 0 or (own == 1 and not _VERB.search(question))
    if not about or not (points_back(question) or leads_on or elliptic):
        return question
    if _ORDINAL.search(question):
        about = " ".join(_ORDINAL.sub(" ", about).split())
    if Question(question).names:
        about = " ".join(word for word in about.split() if word.islower())
    return f"{question.rstrip('?？ ')}? ({about})"
