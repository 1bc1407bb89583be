"""Holds what a client sends to its exact shape, and says by JSON pointer where it does not fit."""

import asyncio
import re
from collections.abc import AsyncGenerator, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar, cast

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ParamType
from litestar.exceptions import InternalServerException
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg
from msgspec import inspect

from learnx.domain.errors import InvalidInput, LearnXError, UnsupportedMediaType
from learnx.entrypoints.http.wording import in_words

T = TypeVar("T")

#: Ignored at the top of every body, so that what was got can be edited and put.
ECHOED = frozenset({"id", "version", "createdAt", "updatedAt"})
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
MAX_JSON_BYTES = 1024 * 1024
MAX_ERRORS = 20

#: Of a body that is waited for: seconds between two pieces, seconds for it as a whole, bytes a second after the first
#: ``GRACE`` seconds.
SILENCE, LONGEST_BODY = 20.0, 3_600.0
GRACE, SLOWEST = 20.0, 4_096
#: Beyond it a float has neighbours that are further away than one.
EXACT = 2.0**53


def _number(text: str) -> int | float:
    """JSON has no integers: 553.0 is one as well as 553."""
    number = float(text)
    if not isfinite(number):
        raise msgspec.DecodeError("a number is out of range")
    return int(number) if number.is_integer() and abs(number) < EXACT else number


_json = msgspec.json.Decoder(float_hook=_number)
_PLACE = re.compile(r" - at `\$(?P<path>.*)`$")
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")


class Malformed(LearnXError):
    """The body can't be parsed."""


class SlowBody(LearnXError):
    """The body trickles, so that the request would take a place for as long as its sender likes."""


class ClientGone(Exception):
    """The client hung up before its request was whole."""


class StrictRequest(Request[Any, Any, Any]):
    """JSON bodies are decoded into the handler's own type, without any coercion."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Only the waiting counts: what we do with the pieces is not the sender's fault."""
        clock = asyncio.get_running_loop().time
        pieces, received, waited = super().stream(), 0, 0.0
        while True:
            left = min(SILENCE, GRACE + received / SLOWEST - waited, LONGEST_BODY - waited)
            began = clock()
            try:
                async with asyncio.timeout(left):
                    piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise SlowBody("The body of the request came too slowly: send it again.") from error
            except InternalServerException as error:
                raise ClientGone from error
            waited, received = waited + clock() - began, received + len(piece)
            yield piece

    async def json(self) -> Any:
        media_type = self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if media_type not in JSON_TYPES:
            raise UnsupportedMediaType("Send the body as application/json.")
        data = parsed(await self.body())
        field = self.route_handler.parsed_data_field
        if field is None or field.origin is dict:
            return data
        return exact(data, field.annotation)


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``, without what is ignored on input; text that no row can hold is refused."""
    try:
        data = _json.decode(body)
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed("The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise InvalidInput("The body must be a JSON object.", [("", "must be an object")])
    refuse([(pointer, "must not contain NUL characters") for pointer in _with_nul(data)])
    return {name: value for name, value in data.items() if name not in ECHOED}


async def no_body(request: Request[Any, Any, Any]) -> None:
    """For what takes no input: a body that says something is refused, rather than ignored."""
    if body := await request.body():
        refuse([(f"/{_escaped(name)}", "is not a known field") for name in parsed(body)])


def exact(data: object, type_: type[T]) -> T:
    """``data`` as ``type_``: every field known, every value of its type and within its limits."""
    _refuse_unknown(data, type_)
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as error:
        refuse([_located(str(error))])
        raise


def _refuse_unknown(data: object, type_: type) -> None:
    refuse([(pointer, "is not a known field") for pointer in _unknown(data, _shape(cast("Hashable", type_)))])


def merged(current: T, patch: Mapping[str, Any]) -> T:
    """RFC 7396: ``patch`` applied to ``current``; null resets a field to its default, arrays are replaced."""
    _refuse_unknown(patch, type(current))  # also with null, which would leave no trace
    return exact(_merge(msgspec.to_builtins(current), patch), type(current))


def patched(current: T, fields: type[msgspec.Struct], patch: Mapping[str, Any]) -> T:
    """``current`` with those of its attributes changed that ``fields`` opens to the client."""
    writable = fields(**{name: getattr(current, name) for name in fields.__struct_fields__})
    return msgspec.structs.replace(current, **msgspec.structs.asdict(merged(writable, patch)))  # type: ignore[type-var]


@contextmanager
def named_as_parameters() -> Iterator[None]:
    """Refusals inside name query parameters, where they would point into a body."""
    try:
        yield
    except InvalidInput as error:
        names = [(pointer.strip("/").partition("/")[0], words) for pointer, words in error.errors]
        raise InvalidInput(error.detail, names) from error


def refuse(errors: list[tuple[str, str]]) -> None:
    if errors:
        raise InvalidInput("The input does not fit: see `errors`.", errors[:MAX_ERRORS])


def known_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: a query parameter that the handler does not declare is refused, and so is one given twice."""
    known = {
        definition.name or name
        for name, field in handler.parsed_fn_signature.parameters.items()
        if isinstance(definition := field.kwarg_definition, ParameterKwarg) and definition.param_type is ParamType.QUERY
    }
    given = [name for name, _ in connection.query_params.multi_items()]
    errors = [(name, "is not a known parameter") for name in dict.fromkeys(given) if name not in known]
    errors += [(name, "is given more than once") for name in known if given.count(name) > 1]
    errors += [
        (name, "must not contain NUL characters") for name, value in connection.query_params.items() if "\0" in value
    ]
    refuse(errors)


@lru_cache(256)
def _shape(type_: Hashable) -> inspect.Type:
    return inspect.type_info(type_)


def _unknown(data: object, shape: inspect.Type, pointer: str = "") -> Iterator[str]:
    match shape:
        case inspect.Metadata():
            yield from _unknown(data, shape.type, pointer)
        case inspect.UnionType():
            for option in shape.types:
                if isinstance(option, inspect.StructType | inspect.VarTupleType | inspect.ListType):
                    yield from _unknown(data, option, pointer)
        case inspect.StructType() if isinstance(data, dict):
            known = {field.encode_name: field.type for field in shape.fields}
            for name, value in data.items():
                if name in known:
                    yield from _unknown(value, known[name], f"{pointer}/{_escaped(name)}")
                else:
                    yield f"{pointer}/{_escaped(name)}"
        case inspect.VarTupleType() | inspect.ListType() if isinstance(data, list):
            for index, item in enumerate(data):
                yield from _unknown(item, shape.item_type, f"{pointer}/{index}")


def _with_nul(data: object, pointer: str = "") -> Iterator[str]:
    match data:
        case str() if "\0" in data:
            yield pointer
        case dict():
            for name, value in data.items():
                yield from _with_nul(value, f"{pointer}/{_escaped(name)}")
        case list():
            for index, item in enumerate(data):
                yield from _with_nul(item, f"{pointer}/{index}")


def _merge(target: object, patch: object) -> object:
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merge(result.get(name), value)
    return result


def _located(message: str) -> tuple[str, str]:
    """msgspec's words and, as a pointer, the place that it names at their end."""
    detail, place = _PLACE.sub("", message), _PLACE.search(message)
    steps = _STEP.finditer(place["path"]) if place else ()
    pointer = "".join(f"/{_escaped(step['name'] or step['index'])}" for step in steps)
    missing = re.fullmatch(r"Object missing required field `(?P<name>.+)`", detail)
    if missing:
        return f"{pointer}/{_escaped(missing['name'])}", "is required"
    return pointer, in_words(detail)


def _escaped(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")
