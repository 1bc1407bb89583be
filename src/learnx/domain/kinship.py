"""Words that say the same in a paraphrase: forms of one root, and synonyms of general academic English."""

from functools import lru_cache

#: Endings that make another part of speech of a root, on top of those that ``terms.stem`` cuts.
_ENDINGS = (
    "ational", "ization", "isation", "ication", "ations", "ation", "ition", "ement", "ment", "ness", "ance", "ence",
    "ancy", "enci", "ency", "able", "ible", "ably", "ibli", "ivity", "iviti", "ality", "aliti", "ities", "ity", "iti",
    "ical", "ally", "ful", "fulli", "less", "ist", "ism", "ion", "ive", "ous", "ant", "ent", "ary", "ari",
    "ory", "ori", "ial", "ual", "al", "ic", "er", "or", "ize", "ise", "iz", "is", "ify", "ifi", "ate", "at", "en",
    "th", "ur", "ure", "e", "i", "y", "abl", "ibl", "anc", "enc", "iv", "itiv", "ativ", "atori",
)  # fmt: skip
_BY_LENGTH = sorted(_ENDINGS, key=len, reverse=True)
_SHORTEST_ROOT = 4
#: Consonants that change before an ending: produce and product, divide and division, describe and description.
_CHANGED = (("ct", "c"), ("pt", "b"), ("s", "d"), ("i", ""))


@lru_cache(maxsize=32_768)
def root(term: str) -> str:
    """What the forms of one word have in common: "migrat" (migrate) and "migration" have "migr"."""
    if term.endswith("ship") and len(term) >= len("ship") + _SHORTEST_ROOT:
        term = term.removesuffix("ship")  # behind any other ending: "entrepreneurship"
    for _ in range(2):
        cut = next(
            (term[: -len(end)] for end in _BY_LENGTH if term.endswith(end) and len(term) - len(end) >= _SHORTEST_ROOT),
            term,
        )
        if cut == term:
            break
        term = cut
    for end, other in _CHANGED:
        if term.endswith(end) and len(term) > _SHORTEST_ROOT:
            return term[: -len(end)] + other
    return term
