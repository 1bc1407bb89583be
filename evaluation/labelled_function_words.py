"""Sentences with one function word exchanged, left out or put in, so that they say something else: "must" for "may"."""

import re
from collections.abc import Iterator

#: By what is changed: a pattern, and what stands in its place; the first that a sentence has is used. They are kept
#: apart from the verifier's own lists.
_CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "must for may": ((r"\b(?:may|might|could)\b(?! not)", "must"),),
    "may for must": ((r"\b(?:should|must)\b(?! not)", "may"),),
    "will for may": ((r"\b(?:may|might)\b(?! not)", "will"),),
    "all for some": ((r"\b(?:some|many|most|several)\b(?= [a-z])(?! (?:of|the|\w+ed)\b)", "all"),),
    "some for all": ((r"\b(?:all|every|each)\b(?= [a-z])", "some"),),
    "part left out": ((r"\b(?:[Ss]ome|[Mm]any|[Mm]ost|[Ss]everal) (?=[a-z]+s\b)", ""), (r"\bone of the\b", "the")),
    "always for often": ((r"\b(?:often|usually|sometimes|generally|typically|frequently|commonly)\b", "always"),),
    "often left out": ((r"\b(?:often|usually|sometimes|generally|typically|frequently) ", ""),),
    "always put in": ((r"\b(?:is|are|was|were)\b(?= (?!not|never|always)[a-z])", r"\g<0> always"),),
    "only put in": ((r"\b(?:in|by|with|for|from|when|on)\b(?= [a-z])", r"only \g<0>"),),
    "unless for if": ((r"\bif\b", "unless"), (r"\bunless\b", "if")),
    "although for because": ((r"\bbecause\b(?! of)", "although"), (r"\b(?:although|though)\b", "because")),
    "despite for because of": ((r"\b(?:because of|due to)\b", "despite"), (r"\b(?:despite|in spite of)\b", "due to")),
    "without for with": ((r"\bwithout\b", "with"), (r"\bwith\b(?= [a-z])", "without")),
    "as well as for instead of": (
        (r"\b(?:rather than|instead of)\b", "as well as"),
        (r"\b(?:as well as|in addition to)\b", "instead of"),
    ),
    "not for not only": ((r"\bnot only\b", "not"),),
    "to for from": ((r"\bfrom\b(?= [a-z])", "to"),),
    "out of for into": ((r"\binto\b", "out of"),),
    "at most for at least": (
        (r"\bmore than\b", "less than"),
        (r"\bless than\b", "more than"),
        (r"at least", "at most"),
    ),
    "no longer for still": ((r"\bstill\b(?= [a-z])", "no longer"), (r"\bno longer\b", "still")),
    "too little for enough": ((r"\benough\b", "too little"),),
    "exactly for about": ((r"\b(?:about|approximately|roughly|nearly|almost)\b(?= \d)", "exactly"),),
    "opposite for same": ((r"\bthe same\b", "the opposite"),),
    "twice for once": ((r"\btwice\b", "once"), (r"\bonce\b(?= (?:a|every|per|in)\b)", "twice")),
    "she for he": ((r"\bhe\b", "she"), (r"\bshe\b", "he"), (r"\bhis\b", "her")),
    "is done by for does": (
        (r"(?<=[a-z]{4} )(caus|produc|includ|requir)es (?=[a-z]+)", r"is \1ed by "),
        (r"(?<=[a-z]{4} )(control|contain|affect|follow|explain|support|form)s (?=[a-z]+)", r"is \1ed by "),
    ),
}


def exchanged_function_words(sentence: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each change that a sentence lends itself to."""
    for kind, changes in _CHANGES.items():
        found = ((re.search(pattern, sentence), pattern, new) for pattern, new in changes)
        for match, pattern, new in found:
            if match:
                yield f"function word: {kind}", re.sub(pattern, new, sentence, count=1)
                break
