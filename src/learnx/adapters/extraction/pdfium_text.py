"""How pdfium's text of a page falls into lines, and what the name of a font tells of them."""

from collections.abc import Iterator
from functools import lru_cache


def units(text: str) -> int:
    """Its length in UTF-16, which is how pdfium counts: letters of formulas take two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def samples(text: str) -> tuple[int, ...]:
    """Where to look whether a line is in one type: its last character, and the first of the word in its middle."""
    last = len(text.rstrip()) - 1
    middle = text.find(" ", len(text) // 2, last) + 1
    return (last, middle) if middle else (last,)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    for line in text.split("\r\n"):
        parts = line.replace("\x02", "\ufffe").split("\ufffe")
        for part in parts[:-1]:
            yield part, True
        yield parts[-1], False


@lru_cache(maxsize=1024)
def style_of_font(name: bytes) -> tuple[bool, bool]:
    """Bold, fixed pitch, from the name of a font: CMBX10, NimbusMonL-Bold, Courier, CMTT10, Consolas."""
    plain = name.split(b"+")[-1].lower()
    bold = any(word in plain for word in (b"bold", b"black", b"heavy", b"cmbx", b"sfbx", b"-medi", b"demi"))
    mono = any(
        word in plain
        for word in (b"mono", b"courier", b"cmtt", b"sftt", b"consol", b"menlo", b"inconsolata", b"typewriter")
    )
    return bold, mono
