"""What a sentence still says in other order, shorter, or with its numbers written otherwise."""

import re
from collections.abc import Iterator

from evaluation.labelled_words import NUMBER_WORDS

_LEADING = re.compile(
    r"((?:In|During|After|Before|At|By|For|With|Within|On|As|When|If|Because|Although) [^,]{3,80}), (.+)\.$"
)
_ASIDE = re.compile(r" \([^()]{3,120}\)")
_RELATIVE = re.compile(r", (?:which|who|whose|where|including|such as|although|because|whereas|so that) .+\.$")
_AND = re.compile(r"(\b[a-z]{4,}) and ([a-z]{4,}\b)(?=[.,;])")
_CONNECTIVE = re.compile(r"^(?:However|Thus|Therefore|Moreover|Furthermore|In addition|For example|Additionally|Indeed"
                         r"|Finally|Similarly|In fact|Of course|For instance), ")  # fmt: skip
_GROUPED = re.compile(r"(?<![\w.,])(\d{1,3}),(\d{3})(?![\w,]|\.\d)")
_SMALL = dict(enumerate(NUMBER_WORDS[:9], start=2)) | {12: "twelve"}


def other_wordings(sentence: str) -> Iterator[tuple[str, str]]:
    """Kind and text; the first is the sentence itself."""
    yield "verbatim", sentence
    shorter = _RELATIVE.sub(".", _ASIDE.sub("", _CONNECTIVE.sub("", sentence)))
    shorter = shorter[0].upper() + shorter[1:]
    if shorter != sentence and len(shorter.split()) >= 6:
        yield "shortened", shorter
    if match := _LEADING.match(sentence):
        first, rest = match[1], match[2]
        if ";" not in rest and len(first.split()) <= 10:
            yield "rearranged", f"{rest[0].upper()}{rest[1:]} {first[0].lower()}{first[1:]}."
    if match := _AND.search(sentence):
        yield "rearranged", f"{sentence[: match.start()]}{match[2]} and {match[1]}{sentence[match.end() :]}"
    yield from _other_numbers(sentence)


def _other_numbers(sentence: str) -> Iterator[tuple[str, str]]:
    changed = _GROUPED.sub(r"\1\2", sentence)
    changed = re.sub(r"(?<=\d) ?%", " percent", changed) if "%" in changed else changed.replace(" percent", "%")
    changed = re.sub(
        r"(?<!to )(?<!and )(?<!or )(?<![\w.,–-])(\d{1,2}(?:\.\d)?) (million|billion)\b(?! to)",
        lambda match: f"{round(float(match[1]) * (10**6 if match[2] == 'million' else 10**9)):,}",
        changed,
    )
    changed = re.sub(r"(?<= )([2-9]|10|12)(?= [a-z]{4,})(?! (?:million|billion))", lambda m: _SMALL[int(m[1])], changed)
    if changed != sentence:
        yield "numbers written otherwise", changed
