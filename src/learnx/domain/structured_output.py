"""JSON that a model is asked for: it fits its schema, at once or repaired once, or there is none of it."""

import re
from collections.abc import Callable, Generator
from typing import TypeVar

import msgspec

from learnx.domain.errors import MalformedOutput
from learnx.domain.prompts import Prompt, as_data

T = TypeVar("T")

#: A reply is read up to here, in characters: a model that never ends is broken off in what it says, not in what it
#: costs, which the length of a reply bounds.
MAX_CHARACTERS = 20_000
_SHOWN = 2_000
_FENCED = re.compile(r"```(?:json)?\s*\n(?P<content>.*?)\n\s*```", re.DOTALL)
_MALFORMED = "The model's reply was not in the form that was asked for, and was not when it was asked again. Try again."


def structured(asked: Prompt, schema: type[T]) -> Generator[Prompt | tuple[()], object, T]:
    """The value that a model replies with, as part of a writing: it yields a prompt, is sent the pieces of the reply,
    for each of which it yields nothing, and None at its end.

    What does not fit ``schema`` is asked for once more, with what was said and what is wrong with it.
    ``MalformedOutput`` where that does not fit either.
    """
    said = yield from collected(asked)
    try:
        return fitting(said, schema)
    except msgspec.ValidationError as error:
        return (yield from repaired(asked, schema, said, str(error)))


def repaired(
    asked: Prompt, schema: type[T], said: str, wrong: str, check: Callable[[T], None] = lambda value: None
) -> Generator[Prompt | tuple[()], object, T]:
    """Asks once more for what did not fit, with what was ``said`` and what is ``wrong`` with it.

    ``check`` raises ``msgspec.ValidationError`` for a value that a schema can't tell from a right one.
    ``MalformedOutput`` where that does not fit either.
    """
    again = yield from collected(_repair(asked, schema, said, wrong))
    try:
        value = fitting(again, schema)
        check(value)
    except msgspec.ValidationError as error:
        raise MalformedOutput(_MALFORMED) from error
    return value


def collected(asked: Prompt) -> Generator[Prompt | tuple[()], object, str]:
    """A whole reply, of which nothing is told while it comes in."""
    parts: list[str] = []
    length = 0
    piece = yield asked
    while piece is not None:
        assert isinstance(piece, str)
        if length < MAX_CHARACTERS:
            parts.append(piece)
            length += len(piece)
        piece = yield ()
    return "".join(parts)[:MAX_CHARACTERS]


def fitting(text: str, schema: type[T]) -> T:
    """The JSON in a reply, which models like to put into a code block or between words, as a value of ``schema``.
    ``msgspec.ValidationError`` where there is none, or it does not fit."""
    try:
        return msgspec.json.decode(_json_of(text), type=schema)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise msgspec.ValidationError(f"It is not JSON: {error}") from error


def _json_of(text: str) -> str:
    fenced = _FENCED.search(text)
    if fenced:
        return fenced["content"]
    starts = [place for place in (text.find("{"), text.find("[")) if place >= 0]
    if not starts:
        return text
    start = min(starts)
    end = text.rfind("}" if text[start] == "{" else "]")
    return text[start : end + 1] if end > start else text[start:]


def _repair(asked: Prompt, schema: object, said: str, wrong: str) -> Prompt:
    wanted = msgspec.json.encode(msgspec.json.schema(schema)).decode()
    lines = [
        asked.task,
        "<repair>",
        f"Your reply was: {as_data(said[:_SHOWN])}",
        f"It does not fit: {as_data(wrong[:300])}",
        f"Reply with JSON alone that fits this schema: {wanted}",
        "</repair>",
    ]
    return msgspec.structs.replace(asked, task="\n".join(lines))
