"""Keeps out of a lesson what an order in a document or a persona would have it tell, whatever kind it poses as."""

import re
from collections.abc import Sequence
from functools import cached_property

from learnx.domain import answer_prompt, prompts, summary_prompts
from learnx.domain.markers import Marked
from learnx.domain.prompts import Excerpt

_WORD = re.compile(r"\w+")
#: So many words of the rules in a row are no coincidence.
_RUN = 6
_SCHEME = re.compile(r"\b[a-z]{3,6}://|\bwww\.")
_FIELD = re.compile(r"\b(?:interests|professional|learningStyle|contentPreferences|communication)\.[a-z]\w+")


class Smuggled:
    """Addresses, rules and names of fields: what the excerpts hold themselves is the document's, and may be said."""

    def __init__(self, excerpts: Sequence[Excerpt]) -> None:
        self._excerpts = excerpts

    def reason(self, marked: Marked) -> str | None:
        """Why a sentence may not be said, as a fact or otherwise; None where it may."""
        if any(_address_key(address) not in self._addresses for address in marked.addresses):
            return "It names an address that the excerpts don't have."
        if any(run not in self._words for run in _runs(marked.text) if run in _RULES):
            return "It tells the rules."
        if any(field.casefold() not in self._document for field in _FIELD.findall(marked.text)):
            return "It speaks of the persona's fields."
        return None

    @cached_property
    def _document(self) -> str:
        return "\n".join(excerpt.chunk.text for excerpt in self._excerpts).casefold()

    @cached_property
    def _addresses(self) -> str:
        return _address_key(self._document)

    @cached_property
    def _words(self) -> str:
        return " ".join(_WORD.findall(self._document))


def _address_key(text: str) -> str:
    """The same for an address with and without its scheme, and with what Markdown takes away from it."""
    return "".join(filter(str.isalnum, _SCHEME.sub("", text.casefold())))


def _runs(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    return [" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)]


_RULES = frozenset(run for rules in (prompts.RULES, answer_prompt.RULES, summary_prompts.RULES) for run in _runs(rules))
