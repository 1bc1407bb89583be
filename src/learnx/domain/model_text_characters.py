"""The characters of a model's reply that may reach a learner: what can't be seen, or steers a screen, is left out."""

import re
from collections.abc import Iterator

from learnx.domain.invisible import UNSEEN

#: As ingestion leaves them out of documents: controls, bidirectional and zero-width characters, tags, non-characters.
_INVISIBLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad{UNSEEN}]")
#: The sequences that a terminal obeys (ECMA-48): ``ESC [ … m``, and strings such as ``ESC ] … BEL``.
_LONGEST_SEQUENCE = 256


class VisibleCharacters:
    """Lets the visible ones of a stream through, however it is cut; halves of a surrogate pair are joined."""

    def __init__(self) -> None:
        self._high = ""
        self._sequence: str | None = None  # of a terminal, while it goes on

    def of(self, piece: str) -> Iterator[str]:
        for char in piece:
            if self._sequence is not None and char != "\n":
                self._follow(char)
            elif char in "\x1b\x9b":
                self._sequence = "[" if char == "\x9b" else ""
            elif "\ud800" <= char <= "\udbff":
                self._high = char
                continue
            elif self._high and "\udc00" <= char <= "\udfff":
                code = 0x10000 + ((ord(self._high) - 0xD800) << 10) + (ord(char) - 0xDC00)
                yield from self._visible(chr(code))
            else:
                self._sequence = None
                yield from self._visible(char)
            self._high = ""

    def _visible(self, char: str) -> Iterator[str]:
        if not _INVISIBLE.match(char):
            yield char

    def _follow(self, char: str) -> None:
        sequence = (self._sequence or "") + char
        if sequence[0] == "[":
            ends = len(sequence) > 1 and "@" <= char <= "~"
        elif sequence[0] in "]PX^_":
            ends = char == "\x07" or sequence.endswith("\x1b\\")
        else:
            ends = not " " <= char <= "/"
        self._sequence = None if ends or len(sequence) > _LONGEST_SEQUENCE else sequence
