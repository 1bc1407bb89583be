"""Words that make a statement stronger than most passages do: "only", "always", "prove", "the most effective"."""

from collections.abc import Sequence
from itertools import pairwise

from learnx.domain.claims import Claim
from learnx.domain.passages import Passage
from learnx.domain.terms import word_list

#: Each strong word of a row needs one of the words of its row in the passage, or any number of the last column's.
_SUPERLATIVES = (
    "most best worst greatest largest biggest highest lowest smallest strongest fastest oldest earliest latest longest"
    " shortest deepest heaviest richest poorest foremost"
)
_ROWS = tuple(
    (frozenset(word_list(strong)), frozenset(word_list(f"{strong} {retold}")))
    for strong, retold in (
        (
            "only sole solely exclusively",
            "alone just merely exclusive except unless unique uniquely single no nothing none never not without until",
        ),
        (
            "always invariably inevitably",
            "all every each any never no must constant constantly continually continuously inevitable throughout"
            " whenever cannot still ever necessarily forever permanent permanently regularly",
        ),
        (
            "guarantees guarantee guaranteed ensures",
            "ensure ensured ensuring sure secure secured secures always must certain certainly make makes",
        ),
        (
            "prove proves proved proven",
            "proof establish establishes established demonstrate demonstrates demonstrated demonstrating"
            " show shows showed shown confirm confirms confirmed found find finds turned proving confirming evidence"
            " reveal reveals revealed verify verified conclusive",
        ),
        ("cure cures cured", "curing curative heal heals healed healing curable"),
        (
            "completely entirely totally wholly fully",
            "complete entire total whole full all every utterly absolutely thoroughly solely no none never nothing"
            " purely exclusively not perfect perfectly always altogether only",
        ),
        ("instantly immediately", "instant immediate once soon directly moment quickly promptly right straight"),
        ("impossible", "cannot not never no unable can't without"),
        (
            _SUPERLATIVES,
            "least main mainly chief chiefly principal principally primary primarily leading top first last maximum"
            " minimum maximal minimal maximise maximize minimise minimize peak record unmatched predominant"
            " predominantly dominant mostly majority more less other any all only optimal optimum ideal extreme"
            " extremely especially fewest newest youngest closest nearest farthest furthest widest hottest coldest"
            " brightest warmest tallest no nothing never outermost innermost paramount prime supreme unparalleled"
            " exceptional ultimate 1st favourite favorite",
        ),
    )
)
#: "The only strategy", "its most important": before anything else, "only" may be the writer's own view of a number, and
#: "most" counts.
_DETERMINED = frozenset({"only", *word_list(_SUPERLATIVES)})
_OF_ONE = frozenset(word_list("the its their his her our"))


def too_strong(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, the strong word of a claim that no word of its passages holds."""
    words = [raw.lower() for raw in claimed.wording.raw]
    ours = {word for before, word in pairwise(["", *words]) if word not in _DETERMINED or before in _OF_ONE}
    theirs: frozenset[str] | None = None
    for strong, retold in _ROWS:
        for word in strong & ours:
            if theirs is None:
                theirs = frozenset(raw.lower() for passage in window for raw in passage.wording.raw)
            if retold.isdisjoint(theirs):
                return f"its passage does not say “{word}”"
    return None
