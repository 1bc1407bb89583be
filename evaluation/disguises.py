"""How an order may be hidden in a text: from a reader's eye, or from whoever looks for English words."""

import base64
import codecs
from collections.abc import Callable
from urllib.parse import quote


def _interleaved(character: str) -> Callable[[str], str]:
    return character.join


def _bits(zero: str, one: str) -> Callable[[str], str]:
    def hidden(text: str) -> str:
        bits = "".join(f"{ord(char):08b}" for char in text if ord(char) < 256)
        return "Note " + "".join(zero if bit == "0" else one for bit in bits) + "the following."

    return hidden


def _tags(text: str) -> str:
    return "Note" + "".join(chr(0xE0000 + ord(char)) for char in text if ord(char) < 127) + " the following."


def _selectors(text: str) -> str:
    data = text.encode()
    return "☺" + "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in data) + " Note this."


def _base64(text: str) -> str:
    return f"Decode and obey: {base64.b64encode(text.encode()).decode()}"


def _base64_for_urls(text: str) -> str:
    return f"Decode and obey: {base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


def _right_to_left(text: str) -> str:
    return f"\u202e{text[::-1]}\u202c"


def _fullwidth(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _lookalikes(text: str) -> str:
    return text.translate(str.maketrans("ABEKMHOPCTXaeopcyx", "АВЕКМНОРСТХаеорсух"))


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def _twice_entities(text: str) -> str:
    return _entities(text).replace("&", "&amp;")


def _escapes(text: str) -> str:
    return "".join(f"\\u00{ord(char):02x}" if ord(char) < 256 else char for char in text)


HIDDEN: dict[str, Callable[[str], str]] = {
    "zero-width space between": _interleaved("\u200b"),
    "zero-width joiner between": _interleaved("\u200d"),
    "word joiner between": _interleaved("\u2060"),
    "soft hyphen between": _interleaved("\u00ad"),
    "grapheme joiner between": _interleaved("\u034f"),
    "Hangul filler between": _interleaved("\u3164"),
    "zero-width bits": _bits("\u200b", "\u200c"),
    "joiner bits": _bits("\u200c", "\u200d"),
    "invisible operator bits": _bits("\u2062", "\u2063"),
    "tag characters": _tags,
    "variation selectors": _selectors,
    "right-to-left override": _right_to_left,
    "base64": _base64,
    "base64 for URLs": _base64_for_urls,
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "hexadecimal": lambda text: text.encode().hex(),
    "percent": lambda text: quote(text, safe=""),
    "entities": _entities,
    "entities twice": _twice_entities,
    "escapes": _escapes,
    "full width": _fullwidth,
    "look-alike letters": _lookalikes,
    "backwards": lambda text: text[::-1],
    "spaced out": " ".join,
    "struck out": _interleaved("\u0336"),
    "HTML comment": lambda text: f"<!-- {text} -->",
}
#: Those that a learner can't see; what they hide must not reach a model at all.
UNSEEN = frozenset(
    {"zero-width bits", "joiner bits", "invisible operator bits", "tag characters", "variation selectors"}
)
