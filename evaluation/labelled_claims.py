"""True and false sentences made from a document's own, to choose the verifier's thresholds by and to test it with."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evaluation.labelled_function_words import exchanged_function_words
from evaluation.labelled_truths import other_wordings
from evaluation.labelled_words import ANTONYMS, AUXILIARIES, INVENTED_NAMES, NUMBER_WORDS, TRANSITIVE, UNITS

from learnx.domain.sentences import split_sentences
from learnx.domain.specifics import OPENERS, date_spans, dates
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, terms

_NUMBER = re.compile(r"(?<![\w.,^-])\d+(?:[.,]\d+)*(?![\w^]|[.,]\d)")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b")
_NAME = re.compile(r"(?<=[a-z,;] )(?:[A-Z][a-z]{2,}|[A-Z]{2,6})\b(?! [A-Z])")
_WORD = re.compile(r"(?<![\w'’-])[a-z]{5,}(?![\w'’-])")
_QUOTED = re.compile(r"[“\"]([^”\"]{8,200})[”\"]")
_CLAUSE_END = r"(?=[.,;:(]| (?:and|or|in|on|by|at|to|from|for|with|of|that|which|when|because|while|as|during|after)\b)"
#: Sentences that ask the reader to do something state nothing that could be made false.
_ASKS = (
    r"(?:Watch|Check|Visit|Feel|Imagine|Consider|Take|Think|See|Look|Let|Find|Recall|Remember|Note|Suppose|Compare|Read"
    r"|Notice|Use|Try|Explore|Learn|View|Play|Go|Click|Listen|Picture|Review|Complete|Write|Describe|Explain)\b|.*\byou"
)
_MONTH = r"January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b((?:{_MONTH}) )(\d{{1,2}})\b|\b(\d{{1,2}})( (?:{_MONTH}))\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """``text`` is what a model might write of ``sentence``, without marker; ``excerpt`` is the one that it cites."""

    kind: str
    text: str
    sentence: str
    excerpt: int


def prose(text: str) -> list[str]:
    """The sentences of a passage that are whole statements: eight to forty words, no list, heading or reference."""
    found = (" ".join(text[start:end].split()) for start, end in split_sentences(text))
    return [sentence for sentence in found if _is_statement(sentence)]


def _is_statement(sentence: str) -> bool:
    plain = sentence.split()
    return (
        8 <= len(plain) <= 40
        and sentence[0].isupper()
        and sentence.endswith(".")
        and len(set(terms(sentence))) >= 4
        and sum(word[:1].islower() for word in plain) >= len(plain) / 2
        and not re.search(r"[=<>|{}\[\]•]|https?:|et al|\bpp?\. ", sentence)
        and not re.match(_ASKS, sentence)
    )


def truths(sentence: str, excerpt: int) -> Iterator[Labelled]:
    for kind, text in other_wordings(sentence):
        yield Labelled(kind=kind, text=text, sentence=sentence, excerpt=excerpt)


def falsehoods(
    sentence: str, excerpt: int, document: Mapping[int, Sequence[str]], random: Random
) -> Iterator[Labelled]:
    """One changed fact each. ``document`` is the ``prose`` of each excerpt: what is exchanged comes from there."""
    near = [other for other in document[excerpt] if other != sentence]
    rest = [other for number, part in document.items() if number != excerpt for other in part if other != sentence]
    for kind, text in (
        *_wrong_numbers(sentence, near, rest, random),
        *_wrong_dates(sentence),
        *_wrong_names(sentence, near, rest, random),
        *_wrong_quotations(sentence, random),
        *_negations(sentence),
        *_contraries(sentence),
        *exchanged_function_words(sentence),
        *_exchanged_words(sentence, rest, random),
        *_spliced(sentence, near, rest, random),
    ):
        if folded(text) != folded(sentence):
            yield Labelled(kind=kind, text=text, sentence=sentence, excerpt=excerpt)


def foreign(
    sentence: str, stranger: str, excerpt: int, document: Mapping[int, Sequence[str]]
) -> Iterator[tuple[str, str, str]]:
    """Kind, text with marker, and the sentence of the document that it is true of, if any: wrong or no excerpts."""
    others = [number for number in document if number != excerpt]
    if others:
        yield "excerpt id: of another excerpt", f"{sentence} [{others[len(sentence) % len(others)]}]", sentence
    yield "excerpt id: of no excerpt", f"{sentence} [{max(document) + 7}]", sentence
    if stranger:
        yield "excerpt id: beside a sentence of another document", f"{stranger} [{excerpt}]", ""
        yield "unmarked: of another document", stranger, ""
        theirs = stranger.split()
        yield "spliced: of another document", f"{run_on(sentence, stranger)} [{excerpt}]", ""
        added = " ".join([theirs[0].lower(), *theirs[1 : max(6, len(theirs) // 2)]])
        yield "spliced: a clause of another document added", f"{sentence.rstrip('.')}, and {added}. [{excerpt}]", ""


def run_on(sentence: str, other: str) -> str:
    """The first half of the one, and the second of the other."""
    first, second = sentence.split(), other.split()
    return " ".join([*first[: len(first) // 2], *second[len(second) // 2 :]])


def _put(sentence: str, match: re.Match[str], new: str, group: int | str = 0) -> str:
    return sentence[: match.start(group)] + new + sentence[match.end(group) :]


def _wrong_numbers(
    sentence: str, near: Sequence[str], rest: Sequence[str], random: Random
) -> Iterator[tuple[str, str]]:
    found = list(_NUMBER.finditer(sentence))
    for match in found[:2]:
        yield "number: a digit", _put(sentence, match, _other_digit(match[0], random))
        for kind, source in (("number: of the passage", near), ("number: of the document", rest)):
            others = sorted({n for other in source for n in _NUMBER.findall(other)} - set(_NUMBER.findall(sentence)))
            if others:
                yield kind, _put(sentence, match, random.choice(others))
        for old, new in UNITS:
            if unit := re.compile(rf"\s?{old}(?!\w)").match(sentence, match.end()):
                yield "number: its unit", sentence[: match.end()] + new + sentence[unit.end() :]
    found = [match for match in found if not any(start <= match.start() < end for start, end in date_spans(sentence))]
    if len(found) > 1 and (first := found[0])[0] != (second := found[1])[0]:
        between = sentence[first.end() : second.start()]
        alike = re.fullmatch(r",? (?:and|or) |[–-]| to ", between)  # "between 3 and 5" says the same either way
        if not alike or "respectively" in sentence:
            swapped = f"{sentence[: first.start()]}{second[0]}{between}{first[0]}{sentence[second.end() :]}"
            yield "number: of another quantity", swapped
    for match in list(_NUMBER_WORD.finditer(sentence))[:1]:
        others = [word for word in NUMBER_WORDS if word != match[0] and (word in _LARGE) == (match[0] in _LARGE)]
        yield "number: in words", _put(sentence, match, random.choice(others))


_LARGE = frozenset({"hundred", "thousand", "million", "billion", "trillion"})


def _other_digit(number: str, random: Random) -> str:
    places = [place for place, char in enumerate(number) if char.isdigit()]
    place = random.choice(places)
    digits = [digit for digit in "123456789" if digit != number[place]]
    return number[:place] + random.choice(digits) + number[place + 1 :]


def _wrong_dates(sentence: str) -> Iterator[tuple[str, str]]:
    for match in list(_DAY.finditer(sentence))[:1]:
        group = 2 if match[2] else 3
        changed = _put(sentence, match, str(int(match[group]) % 28 + 1), group)
        if dates(changed) != dates(sentence):
            yield "date: the day", changed
            months = _MONTH.split("|")
            month = re.search(_MONTH, match[0])
            assert month
            other = months[(months.index(month[0]) + 5) % 12]
            yield "date: the month", sentence.replace(month[0], other, 1)


def _wrong_names(sentence: str, near: Sequence[str], rest: Sequence[str], random: Random) -> Iterator[tuple[str, str]]:
    names = [match for match in _NAME.finditer(sentence) if match[0].casefold() not in FUNCTION_WORDS | OPENERS]
    said = frozenset(terms(sentence))
    for match in names[:2]:
        for kind, source in (("name: of the passage", near), ("name: of the document", rest)):
            others = sorted(
                {
                    other
                    for text in source
                    for other in _NAME.findall(text)
                    if stem(folded(other)) not in said and other.isupper() == match[0].isupper()
                    and other.casefold() not in FUNCTION_WORDS | OPENERS
                    and not re.search(rf"\b{match[0]} {other}\b|\b{other} {match[0]}\b|\b{other} \({match[0]}\)", text)
                }
            )  # fmt: skip
            if others:
                yield kind, _put(sentence, match, random.choice(others))
        yield "name: invented", _put(sentence, match, random.choice(INVENTED_NAMES))


def _wrong_quotations(sentence: str, random: Random) -> Iterator[tuple[str, str]]:
    for match in list(_QUOTED.finditer(sentence))[:1]:
        inner = list(_WORD.finditer(match[1]))
        if inner:
            word = random.choice(inner)
            at = match.start(1)
            yield "quotation: a word", sentence[: at + word.start()] + "unlikely" + sentence[at + word.end() :]
    plain = sentence.split()
    if not _QUOTED.search(sentence) and len(plain) > 10:
        start = random.randrange(2, len(plain) - 7)
        quoted = plain[start : start + 6]
        quoted[random.randrange(1, 5)] = random.choice(("rather", "clearly", "wholly", "seldom"))
        invented = [*plain[:start], f"“{' '.join(quoted).rstrip('.,;')}”", *plain[start + 6 :]]
        yield "quotation: invented", " ".join(invented).rstrip(".") + "."


def _negations(sentence: str) -> Iterator[tuple[str, str]]:
    if match := re.search(rf"\b({AUXILIARIES})( (?:not|never)\b|n['’]t\b)", sentence):
        kept = "can" if match[0].startswith("can") else match[1]
        yield "negation: dropped", _put(sentence, match, kept)
    elif match := re.search(r"\bcannot\b|\bcan['’]t\b", sentence):
        yield "negation: dropped", _put(sentence, match, "can")
    elif match := re.search(r"\b(?:does|do|did)(?: not|n['’]t) ", sentence):
        yield "negation: dropped", _put(sentence, match, "")
    elif match := re.search(rf" (?:{AUXILIARIES})\b(?! not| never|n['’]t)(?= [a-z])", sentence):
        yield "negation: added", _put(sentence, match, f"{match[0]} not")
    elif match := re.search(rf" (?:{TRANSITIVE})\b(?= [a-z])", sentence):
        yield "negation: added", _put(sentence, match, f" never{match[0]}")


def _contraries(sentence: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"[a-z]+", sentence):
        if match[0] in ANTONYMS:
            yield "negation: a contrary", _put(sentence, match, ANTONYMS[match[0]])
            return


def swapped_roles(sentence: str) -> Iterator[tuple[str, str]]:
    """Active ("A feeds B") and passive ("A is fed by B"), where both sides are plain noun phrases."""
    passive = rf"(?:is|are|was|were) (?:{TRANSITIVE}) by"
    match = re.match(
        rf"(?P<subject>(?:\S+ ){{1,5}}?)(?P<verb>(?:(?:can|may|will|also) )?(?:{TRANSITIVE}|{passive}))"
        rf" (?P<object>(?:[^\s.,;:(]+ ?){{1,5}}?){_CLAUSE_END}",
        sentence,
    )
    if match is None or any(_NO_NOUN_PHRASE.search(match[side]) for side in ("subject", "object")):
        return
    subject, verb, thing = match["subject"].strip(), match["verb"], match["object"].strip()
    if set(terms(subject)) and set(terms(thing)) and not set(terms(subject)) & set(terms(thing)):
        lowered = subject if subject[:2].isupper() else subject[0].lower() + subject[1:]
        yield "roles swapped", f"{thing[0].upper()}{thing[1:]} {verb} {lowered}{sentence[match.end() :]}"


_NO_NOUN_PHRASE = re.compile(
    r"[,;:(]|\b(?:is|are|was|were|be|been|has|have|had|of|to|by|as|how|when|that|which|who|since|if|because|although|in"
    r"|on|at|from|for|with|this|these|it|they|we|he|she|its|their|several|may|might|can|could|will|would|also|and|or"
    r"|again|only|what|where|do|does|did|there|beyond|during|after|before|ing)\b|\w+ing\b|\w+ly\b",
    re.IGNORECASE,
)


def _exchanged_words(sentence: str, rest: Sequence[str], random: Random) -> Iterator[tuple[str, str]]:
    said = frozenset(terms(sentence))
    own = [match for match in _WORD.finditer(sentence) if match[0] not in FUNCTION_WORDS]
    if not own:
        return
    match = random.choice(own)
    ending = match[0][-2:]
    others = sorted({word for other in rest for word in _WORD.findall(other)} - {match[0]})
    others = [word for word in others if word[-2:] == ending and stem(word) not in said and word not in FUNCTION_WORDS]
    if others:
        yield "word exchanged", _put(sentence, match, random.choice(others))


def _spliced(sentence: str, near: Sequence[str], rest: Sequence[str], random: Random) -> Iterator[tuple[str, str]]:
    half = sentence.split()[: len(sentence.split()) // 2]
    for kind, source in (("spliced: of the passage", near), ("spliced: of the document", rest)):
        if source:
            other = random.choice(source).split()
            yield kind, " ".join([*half, *other[len(other) // 2 :]])
