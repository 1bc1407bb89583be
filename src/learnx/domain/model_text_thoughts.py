"""What a reasoning model writes for itself before it answers (``<think> … </think>``) is no part of its reply."""

from collections.abc import Iterable, Iterator

_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad")
_OPENING = tuple(f"<{name}>" for name in _NAMES)
_CLOSING = tuple(f"</{name}>" for name in _NAMES)


class SpokenCharacters:
    """Lets through what stands outside of thoughts, however the stream is cut. A thought ends the line that it stands
    in; one that is never closed goes on to the end."""

    def __init__(self) -> None:
        self._tag = ""
        self._thinking = False

    def of(self, characters: Iterable[str]) -> Iterator[str]:
        for char in characters:
            if char == "<":
                yield from self._flushed()
            elif not self._tag:
                if not self._thinking:
                    yield char
                continue
            self._tag += char
            lowered = self._tag.lower()
            if lowered in _OPENING or lowered in _CLOSING:
                self._thinking, self._tag = lowered in _OPENING, ""
                yield "\n"
                yield "\n"
            elif not any(tag.startswith(lowered) for tag in (*_OPENING, *_CLOSING)):
                yield from self._flushed()

    def rest(self) -> Iterator[str]:
        """What the end of the reply leaves of a tag that was none."""
        yield from self._flushed()

    def _flushed(self) -> Iterator[str]:
        tag, self._tag = self._tag, ""
        if not self._thinking:
            yield from tag
