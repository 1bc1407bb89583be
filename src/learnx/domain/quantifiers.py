"""Whether a sentence says of all what its passage says of some, or the reverse: "all cells" of "most cells"."""

from collections.abc import Sequence

from learnx.domain.claims import Claim
from learnx.domain.passages import Passage
from learnx.domain.terms import word_list
from learnx.domain.wording import Wording

_SHARES = {
    word: share
    for share, words in {
        "all": "all every each always entirely",
        "most": "most mostly majority",
        "many": "many numerous",
        "some": "some sometimes several certain",
        "few": "few rarely seldom",
        "no": "no none never",
    }.items()
    for word in word_list(words)
}
#: Who says the one of the other is not wrong.
_ALIKE = (frozenset({"most", "many"}), frozenset({"many", "some"}))
#: So many words behind a share are what it is said of.
_REACH = 2
_SKIPPED = frozenset(word_list("of the a an these those this that its their our his her such other"))
#: "at most", "at all", "after all", "above all", "the most common": they say no share.
_NOT_BEHIND = frozenset(word_list("at after above in the nearly almost not"))


def exchanged_quantifier(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where the noun behind a share has another share in every place of the passage that has it."""
    for noun, share in _quantified(claimed.wording).items():
        if share in ("all", "no") and (part := _part_of(noun, window)):
            return f"its passage says “{part}” where it says “{share}”"
        theirs = [found for passage in window if (found := _quantified(passage.wording).get(noun))]
        if theirs and not any(share == other or {share, other} in _ALIKE for other in theirs):
            return f"its passage says “{theirs[0]}” where it says “{share}”"
    return None


def _part_of(noun: str, window: Sequence[Passage]) -> str | None:
    """The percentage of it that a passage speaks of, if it speaks of no other share of it."""
    if any(noun in _quantified(passage.wording) for passage in window):
        return None
    return next(
        (
            number.text
            for passage in window
            for number in passage.numbers
            if number.unit == "%" and number.following[:1] == (noun,) and "100" not in number.values
        ),
        None,
    )


def _quantified(wording: Wording) -> dict[str, str]:
    """The stem of the noun (or its first word) that each share is said of."""
    found: dict[str, str] = {}
    lowered = [raw.lower() for raw in wording.raw]
    for place, word in enumerate(lowered):
        share = _SHARES.get(word)
        if share == "all" and place and lowered[place - 1] == "not":
            share = "some"
        elif share is None or (place and lowered[place - 1] in _NOT_BEHIND and share in ("all", "most")):
            continue
        behind = [at for at in range(place + 1, min(place + 5, len(lowered))) if lowered[at] not in _SKIPPED]
        for at in behind[:_REACH]:
            if not wording.stems[at]:
                break
            found.setdefault(wording.stems[at], share)
    return found
