"""The words of a sentence that deny something, each with what it denies."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import zip_longest

from learnx.domain.terms import FUNCTION_WORDS, stem, word_list
from learnx.domain.values import Value

#: Words that turn a statement into its contrary.
NEGATORS = frozenset(
    word_list("""
    not no never none neither nor cannot without n't non nobody nothing nowhere hardly barely scarcely rarely seldom
    unable unlikely lack lacks lacked lacking absent absence kein keine keinen keiner nicht nie niemals
    ohne pas jamais aucun aucune sans nunca sin ningún ninguna mai senza não nem
    """)
)
#: These deny a clause ("it is false that …") …
_DENYING = frozenset(word_list("false untrue incorrect wrong myth"))
#: … and these what is done ("stops working", "fails to bind").
_ENDING = frozenset(
    stem(word)
    for word in word_list("stop stops stopped cease ceases ceased fail fails failed refuse refuses refused quit")
)
#: So many content words behind a negation, and where none follow before it, are what it denies.
_REACH = 3
#: "not long after", "nothing but", "no other … is as large": they deny nothing of the subject.
_HARMLESS = frozenset(word_list("long far least surprisingly but other"))
#: "Nobody thinks that …" and "it is not true that …" deny what follows.
_HELD = frozenset(
    stem(word)
    for word in word_list("""
    think thinks thought believe believes say says said claim claims true correct right accurate case fact
    """)
)
_AUXILIARIES = frozenset(word_list("do does did is are was were has have had can could will would"))
_OTHERS = frozenset(word_list("than or who that which whether"))
_ELLIPSIS = 4
_SIGNS = frozenset(",;:().?!—–")
#: Behind a sign they begin another statement: "this is not the case, since …".
_REASONS = frozenset(word_list("since because for but although though and so while"))


class Negation(Value):
    """``scope`` holds the stems of what is denied, ``head`` the nearest; both are empty where nothing else is said."""

    scope: frozenset[str]
    head: str = ""

    def denies_of(self, terms: AbstractSet[str]) -> bool:
        """Whether a text with these terms, but without this negation, says most of what it denies."""
        return 2 * len(terms & self.scope) > len(self.scope)


def negations(raw: Sequence[str]) -> tuple[Negation, ...]:
    """Of the words and signs of a sentence in order; "not only … but" negates nothing."""
    lowered = [word.lower() for word in raw]
    return tuple(
        Negation(scope=frozenset(scope := _scope(lowered, place)), head=scope[0] if scope else "")
        for place, word in enumerate(lowered)
        if (word in NEGATORS or word.endswith("n't") or word in _DENYING or stem(word) in _ENDING)
        and _negates(word, lowered[place + 1 :])
        and not _is_elliptic(lowered, place)
    )


def _scope(words: Sequence[str], place: int) -> list[str]:
    behind = words[place + 1 :]
    return _content(behind) or _content(words[:place][::-1]) or _content(_held(behind)) or _content(behind, held=True)


def _held(behind: Sequence[str]) -> list[str]:
    """What follows "it is not true, as some say, that …" or "no, …", without its signs."""
    found: list[str] = []
    for word, following in zip_longest(behind, behind[1:], fillvalue=""):
        if word in _SIGNS and following in _REASONS:
            break
        if word not in _SIGNS:
            found.append(word)
    return found


def _content(words: Sequence[str], *, held: bool = False) -> list[str]:
    """The nearest content words before the clause ends, with ``held`` also those that only hold something true."""
    found: list[str] = []
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word in _SIGNS:
            break
        if (stem(word) in _HELD and not held) or following == "that":
            continue
        if word[0].isalpha() and len(word) > 1 and word not in FUNCTION_WORDS and word not in NEGATORS:
            found.append(stem(word))
            if len(found) == _REACH:
                break
    return found


def _is_elliptic(words: Sequence[str], place: int) -> bool:
    """ "Better than one who does not.": it denies of another what is said of this one."""
    following = words[place + 1] if place + 1 < len(words) else "."
    before = words[max(0, place - _ELLIPSIS) : place]
    return following in _SIGNS and bool(before) and before[-1] in _AUXILIARIES and not _OTHERS.isdisjoint(before)


def _negates(word: str, behind: Sequence[str]) -> bool:
    following = behind[0] if behind else ""
    if word in NEGATORS or word.endswith("n't"):
        if following in ("only", "just", "merely", "simply", "solely"):
            return "but" not in behind
        return following not in _HARMLESS
    return (word in _DENYING and following == "that") or (
        stem(word) in _ENDING and (following == "to" or following.endswith("ing"))
    )
