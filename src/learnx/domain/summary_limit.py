"""Cuts a summary to its limit: whole sentences, evenly over what it is about, and nothing that hangs in the air."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

import msgspec

from learnx.domain.chunk_choice import evenly_spread
from learnx.domain.lessons import Sentence
from learnx.domain.summaries import OUTLINE
from learnx.domain.summary_sections import Place, in_turns
from learnx.domain.word_count import count_words

#: Questions are about everything.
_NOWHERE: Place = (-1, 0)
_QUESTIONS = ("?", "？", "؟")


@dataclass(eq=False)
class _Bundle:
    """A sentence with the headings and lead-ins right before it. It stands only where what it hangs on stands."""

    group: Place
    above: "_Bundle | None"
    sentences: list[Sentence]
    length: int

    @property
    def sourced(self) -> bool:
        return any(sentence.kind == "sourced" for sentence in self.sentences)


def within_limit(sentences: Sequence[Sentence], max_words: int, sections: Mapping[UUID, Place]) -> tuple[Sentence, ...]:
    """As many sentences as ``max_words`` hold, in their order, with new ids; all of them as they are where they fit.

    ``sections`` says by its chunk which section of the documents a sentence is about: each has its first sentence
    before any has a second. Empty where no sourced sentence fits.
    """
    markdown = "".join(sentence.lead + sentence.text for sentence in sentences)
    if max(len(markdown.split()), sum(count_words(sentence.text) for sentence in sentences)) <= max_words:
        return tuple(sentences)
    blocks = _blocks(sentences)
    lengths = {sentence.id: _length(sentence, blocks[sentence.id][1]) for sentence in sentences}
    bundles = _bundles(sentences, sections, lengths)
    kept = _chosen(bundles, max_words)
    if not any(bundle.sourced for bundle in kept):
        alone = [one for one in sentences if one.kind == "sourced" and lengths[one.id] <= max_words]
        shortest = min(alone, key=lambda one: lengths[one.id], default=None)
        return tuple(_put_together([shortest], blocks)) if shortest else ()
    left = [sentence for bundle in bundles if bundle in kept for sentence in bundle.sentences]
    return tuple(_put_together(left, blocks))


def _length(sentence: Sentence, opening: str) -> int:
    """As strictly as anybody may count: a bullet or a number is a word to some, and any sentence of an item may become
    its first."""
    return max(count_words(sentence.text), len(f"{opening} {sentence.text}".split()))


def _bundles(
    sentences: Sequence[Sentence], sections: Mapping[UUID, Place], lengths: Mapping[str, int]
) -> list[_Bundle]:
    found: list[_Bundle] = []
    waiting: list[Sentence] = []
    heading: _Bundle | None = None
    for place, sentence in enumerate(sentences):
        asks = sentence.text.rstrip("*_ ").endswith(_QUESTIONS)
        if sentence.kind != "sourced" and not asks and place + 1 < len(sentences):
            waiting.append(sentence)
            continue
        group = sections.get(sentence.citations[0].chunk_id, _NOWHERE) if sentence.citations else _NOWHERE
        opened = [*waiting, sentence]
        hangs = found and (_is_below(opened[0]) or ("\n" not in opened[0].lead and group == found[-1].group))
        length = sum(lengths[one.id] for one in opened)
        bundle = _Bundle(group, found[-1] if hangs else heading, opened, length)
        if any(_is_heading(one) for one in waiting):
            bundle.above, heading = None, bundle
        found.append(bundle)
        waiting = []
    return found


def _chosen(bundles: Sequence[_Bundle], max_words: int) -> set[_Bundle]:
    groups: dict[Place, list[_Bundle]] = defaultdict(list)
    for bundle in bundles:
        groups[bundle.group].append(bundle)
    order = [[groups[place][turn] for turn in evenly_spread(len(groups[place]))] for place in in_turns(groups)]
    kept: set[_Bundle] = set()
    left = max_words
    turns = [bundle for turn in zip_longest(*order) for bundle in turn if bundle is not None]
    for bundle in (*turns, *turns):  # what a bundle hangs on may have its turn after it
        if bundle not in kept and bundle.length <= left and (bundle.above is None or bundle.above in kept):
            kept.add(bundle)
            left -= bundle.length
    return kept


def _is_below(sentence: Sentence) -> bool:
    """Whether it is an item below another one."""
    return sentence.lead.rpartition("\n")[2].startswith("  ")


def _is_heading(sentence: Sentence) -> bool:
    return sentence.lead.strip().startswith("#")


def _blocks(sentences: Sequence[Sentence]) -> dict[str, tuple[int, str]]:
    """By a sentence's id: which paragraph, item or heading it belongs to, and how that opens ("- ", "### ", "")."""
    found: dict[str, tuple[int, str]] = {}
    block = (0, "")
    for place, sentence in enumerate(sentences):
        if place == 0 or "\n" in sentence.lead:
            block = (place, sentence.lead.strip("\n"))
        found[sentence.id] = block
    return found


def _put_together(kept: Sequence[Sentence], blocks: Mapping[str, tuple[int, str]]) -> list[Sentence]:
    made: list[Sentence] = []
    before = (-1, "")
    for number, sentence in enumerate(kept, start=1):
        block = blocks[sentence.id]
        lead = sentence.lead
        if number == 1:
            lead = block[1].lstrip()
        elif block != before:
            lead = ("\n" if _is_item(block[1]) and _is_item(before[1]) else "\n\n") + block[1]
        before = block
        made.append(msgspec.structs.replace(sentence, id=f"{OUTLINE.id}.{number}", lead=lead))
    return made


def _is_item(opening: str) -> bool:
    return opening.lstrip()[:1] == "-" or opening.lstrip()[:1].isdigit()
