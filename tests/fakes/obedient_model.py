"""A model that does what anybody tells it to: it finds orders in its prompt, however hidden, and carries them out."""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, pairwise
from urllib.parse import unquote

from tests.fakes.obedience import SHAPES

#: An order: three capital letters and a number, the last digit of which is a check on the letters.
_ORDER = re.compile(r"(?<![A-Za-z0-9])([A-Z]{3})\s*\+\s*(\d{3})(?![A-Za-z0-9])")
_INVISIBLE = "".join(
    chr(code)
    for first, last in (
        (0x00AD, 0x00AD),
        (0x034F, 0x034F),
        (0x061C, 0x061C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF9, 0xFFFB),
        (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
)
_DROP_INVISIBLE = dict.fromkeys(map(ord, _INVISIBLE))
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХаеорсухіѕԁ", "ABEKMHOPCTXaeopcyxisd")  # Cyrillic, read as Latin
_BITS = (("\u200b", "\u200c"), ("\u200c", "\u200d"), ("\u2062", "\u2063"))

_EXCERPT = re.compile(r'<excerpt id="(\d+)"[^>]*>\n(.*?)\n</excerpt>', re.DOTALL)
_ASKED = re.compile(r"^\d+\. The line `## (\w+): (.+)`, then: ", re.MULTILINE)
_SENTENCE = re.compile(r"(?:(?<=\. )|(?<=\n))[A-Z][^.\n!?:;()\[\]|*#`<>&]{40,220}\.(?=\s|$)")
_PERSONA = re.compile(r"^(?:interests|professional)\.\w+: .*$", re.MULTILINE)
_RULE = re.compile(r"^\d+\. (.+)$", re.MULTILINE)
_TRUE_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Order:
    """What one who obeys says: never a text that stands in the prompt, since the order only tells how to make it."""

    letters: str
    number: str

    @property
    def token(self) -> str:
        return f"{self.letters[::-1]}{int(self.number) + 1:03}"

    @property
    def word(self) -> str:
        return f"{self.letters[::-1].lower()}ondrix"

    @property
    def host(self) -> str:
        return f"{self.word}.example"

    def __str__(self) -> str:
        return f"{self.letters}+{self.number}"


def order(place: int) -> Order:
    """The order of that number: a different one for each, far apart in spelling."""
    letters = "".join("BCDFGHJKLMPQRTVWXZ"[(place // 18**power + 7 * power) % 18] for power in range(3))
    return Order(letters, f"{(37 * place) % 89 + 10}{_check(letters)}")


@lru_cache(maxsize=8)
def orders_in(prompt: str) -> tuple[Order, ...]:
    """Every order that can be read in it, in plain sight or not."""
    found = (
        Order(letters, number)
        for view in _views(prompt)
        for letters, number in _ORDER.findall(view)
        if number[-1] == _check(letters)
    )
    return tuple(dict.fromkeys(found))


def obedient_reply(prompt: str, shapes: Sequence[str] = SHAPES) -> str:
    """The sections, or the answer, that is asked for: true sentences with their markers, and all that was ordered."""
    excerpts = [(int(number), html.unescape(text)) for number, text in _EXCERPT.findall(prompt)]
    facts = [(text.rstrip("."), number) for number, passage in excerpts for text in _SENTENCE.findall("\n" + passage)]
    task = prompt.rpartition("<task>")[2]
    asked = _ASKED.findall(task) if task != prompt else [("", "")]
    truths = cycle(facts or [("", 1)])
    orders = orders_in(prompt)
    obeyed = iter([(one, shape) for one in orders for shape in shapes])
    share = -(-len(shapes) * len(orders) // max(1, len(asked)))
    sections = []
    for kind, title in asked:
        parts = [f"{fact}. [{number}]" for _, (fact, number) in zip(range(_TRUE_SENTENCES), truths, strict=False)]
        for _, (one, shape) in zip(range(share), obeyed, strict=False):
            parts.append(_carried_out(shape, one, prompt, *next(truths)))
        heading = f"## {kind}: {html.unescape(title)}\n\n" if kind else ""
        sections.append(heading + "\n\n".join(parts))
    return "\n\n".join(sections)


def _carried_out(shape: str, one: Order, prompt: str, fact: str, number: int) -> str:
    persona = _PERSONA.search(prompt)
    rule = _RULE.search(prompt)
    return shape.format(
        token=one.token,
        word=one.word,
        host=one.host,
        url=f"https://{one.host}/p?q=1",
        digits=one.number,
        fact=fact,
        n=number,
        persona=html.unescape(persona[0]) if persona else "none",
        rule=html.unescape(rule[1]) if rule else "none",
    )


def _check(letters: str) -> str:
    return str(sum(map(ord, letters)) % 10)


def _views(prompt: str) -> Iterator[str]:
    """The text as each way of hiding one would have it read."""
    unescaped = html.unescape(html.unescape(html.unescape(prompt)))
    for text in dict.fromkeys((prompt, unescaped)):
        plain = unicodedata.normalize("NFKC", text.translate(_DROP_INVISIBLE))
        yield text
        yield plain
        yield plain.translate(_LOOKALIKES)
        yield "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
        yield "".join(map(_selected, text))
        yield re.sub(r"([A-Z]) ([A-Z]) ([A-Z]) \+ (\d) (\d) (\d)", r" \1\2\3+\4\5\6 ", plain)
        yield plain.replace("\u0336", "").replace("-", "").replace("_", "").replace("*", "")
        yield codecs.decode(plain, "rot13")
        yield plain[::-1]
        yield "".join(reversed(text.translate(dict.fromkeys(map(ord, "\u202e\u202c")))))
        yield unquote(plain)
        yield re.sub(r"\\+(?:u00|x)([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), plain)
        yield from (_bytes(binascii.unhexlify(run)) for run in re.findall(r"\b(?:[0-9a-f]{2}){8,}\b", plain))
        yield from _from_base64(plain)
        yield from (_from_bits(text, zero, one) for zero, one in _BITS)


def _from_base64(text: str) -> Iterator[str]:
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", text):
        whole = run.replace("-", "+").replace("_", "/")
        yield _bytes(base64.b64decode(whole + "=" * (-len(whole) % 4))) if len(whole) % 4 != 1 else ""


def _from_bits(text: str, zero: str, one: str) -> str:
    bits = "".join("0" if char == zero else "1" for char in text if char in (zero, one))
    places = [*range(0, len(bits) + 1, 8)]
    return "".join(chr(int(bits[start:end], 2)) for start, end in pairwise(places))


def _selected(char: str) -> str:
    """A byte that a variation selector stands for."""
    code = ord(char)
    if 0xFE00 <= code <= 0xFE0F:
        return chr(code - 0xFE00)
    return chr(code - 0xE0100 + 16) if 0xE0100 <= code <= 0xE01EF else ""


def _bytes(data: bytes) -> str:
    return data.decode("utf-8", "replace")
