"""Makes ``src/learnx/domain/thesaurus.txt`` of WordNet 3.0, so that no word list is fitted to the sentences we measure.

``python -m evaluation.make_thesaurus /usr/share/wordnet`` (Debian's package ``wordnet-base``).
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from learnx.domain.evidence_contraries import contraries, sense
from learnx.domain.kinship import root
from learnx.domain.terms import FUNCTION_WORDS, stem

TARGET = Path(__file__).parent.parent / "src" / "learnx" / "domain" / "thesaurus.txt"
NOTICE = """\
# Stems of English words (capitalised: of names alone); behind each, those that may stand for it. Made by
# evaluation/make_thesaurus.py of WordNet 3.0, Copyright 2006 by Princeton University. All rights reserved.
# THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES,
# EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR
# WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE,
# DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS.
# Permission to use, copy, modify and distribute this software and database and its documentation for any purpose and
# without fee or royalty is hereby granted, provided that you agree to comply with the following copyright notice and
# statements, including the disclaimer, and that the same appear on ALL copies of the software, database and
# documentation, including modifications that you make for internal use or for distribution. The name of Princeton
# University or Princeton may not be used in advertising or publicity pertaining to distribution of the software and/or
# database. Title to copyright in this software, database and any associated documentation shall at all times remain
# with Princeton University and LICENSEE agrees to preserve same.
"""
_PARTS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}
_WORD = re.compile(r"[A-Za-z]{3,}")
#: Of each word its most frequent senses.
_SENSES = 3
#: Derived forms, nouns of adjectives, participles, similar adjectives, attributes, and the next more general word.
_RELATIONS = frozenset(["+", "\\", "<", "&", "=", "@"])


@dataclass(frozen=True, slots=True)
class Synset:
    words: list[str]
    relations: list[tuple[str, tuple[str, str], int, int]]


def main(folder: Path) -> None:
    synsets = {key: synset for part in set(_PARTS.values()) for key, synset in _synsets(folder, part)}
    common = _tagged(folder)
    contrary = _contrary(synsets)
    found: dict[str, set[str]] = defaultdict(set)
    for word, key in _senses(folder):
        for other in _related(word, synsets[key], synsets):
            if _is_useful(word, other, common) and other not in contrary[word] and word not in contrary[other]:
                found[stem(word.lower())].add(stem(other.lower()))
    for word, others in list(found.items()):
        for other in others:
            found[other].add(word)
    plain = {stem(word) for synset in synsets.values() for word in synset.words if word in common and word.islower()}
    for word in plain:
        found.setdefault(word, set())
    lines = [
        " ".join([word if word in plain else word.capitalize(), *sorted(others)])
        for word, others in sorted(found.items())
        if word.isalpha() and len(word) > 1
    ]
    TARGET.write_text(NOTICE + "\n".join(lines) + "\n", encoding="utf-8")


def _synsets(folder: Path, part: str) -> Iterator[tuple[tuple[str, str], Synset]]:
    for line in _lines(folder / f"data.{part}"):
        fields = line.split("|")[0].split()
        count = int(fields[3], 16)
        words = [re.sub(r"\(.*\)", "", fields[4 + 2 * at]) for at in range(count)]
        at = 4 + 2 * count
        relations = []
        for place in range(int(fields[at])):
            sign, offset, kind, ends = fields[at + 1 + 4 * place : at + 5 + 4 * place]
            relations.append((sign, (_PARTS[kind], offset), int(ends[:2], 16), int(ends[2:], 16)))
        yield (part, fields[0]), Synset(words, relations)


def _senses(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    for part in ("noun", "verb", "adj", "adv"):
        for line in _lines(folder / f"index.{part}"):
            fields = line.split()
            pointers = int(fields[3])
            tagged, offsets = int(fields[5 + pointers]), fields[6 + pointers :]
            for rank, offset in enumerate(offsets[:_SENSES]):
                if rank < max(1, tagged) or len(offsets) <= 2:
                    yield fields[0], (part, offset)


def _related(word: str, synset: Synset, synsets: dict[tuple[str, str], Synset]) -> Iterator[str]:
    yield from synset.words
    own = [place for place, other in enumerate(synset.words, start=1) if other.lower() == word]
    for sign, key, source, target in synset.relations:
        if sign in _RELATIONS and (source == 0 or source in own):
            words = synsets[key].words
            yield from [words[target - 1]] if target else words


def _contrary(synsets: dict[tuple[str, str], Synset]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for synset in synsets.values():
        for sign, key, source, target in synset.relations:
            if sign == "!":
                found[synset.words[source - 1].lower()].add(synsets[key].words[target - 1].lower())
    return found


def _is_useful(word: str, other: str, common: frozenset[str]) -> bool:
    one, two = word.lower(), other.lower()
    if not (_WORD.fullmatch(one) and _WORD.fullmatch(two)) or one in FUNCTION_WORDS or two in FUNCTION_WORDS:
        return False
    if one not in common or two not in common:
        return False
    first, second = stem(one), stem(two)
    return (
        first != second
        and root(first) != root(second)
        and sense(second) not in contraries(sense(first))
        and sense(first) not in contraries(sense(second))
    )


def _tagged(folder: Path) -> frozenset[str]:
    """The words that WordNet's tagged texts have."""
    counts: Counter[str] = Counter()
    for line in _lines(folder / "cntlist.rev"):
        key, _, count = line.split()
        counts[key.split("%")[0]] += int(count)
    return frozenset(counts)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="latin-1") as lines:
        yield from (line for line in lines if not line.startswith("  "))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
