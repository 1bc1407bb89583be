"""Reads an uploaded file while it arrives: nothing of it is kept in memory or in a second place."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeAlias

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from learnx.application.uploads import IncomingFile
from learnx.domain.errors import InvalidInput, PayloadTooLarge, UnsupportedMediaType
from learnx.entrypoints.http.input import Malformed

MAX_PASSWORD_BYTES = 1024
MAX_PARTS = 8
#: Of a form, beside its file: boundaries, headers of parts and the password.
MAX_OVERHEAD_BYTES = 64 * 1024
Event: TypeAlias = MultipartSegment | bytearray | bytes | None


async def incoming_file(request: Request[Any, Any, Any], max_bytes: int) -> IncomingFile:
    """Parsed up to the field ``file``; the rest, which may hold ``password``, is parsed as the content is read.

    A form that says itself that its file must have more than ``max_bytes`` is refused unread: ``PayloadTooLarge``.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes + MAX_OVERHEAD_BYTES:
        raise PayloadTooLarge(f"The file is larger than the {max_bytes} bytes that are allowed.")
    form = _Form(_events(request))
    async for segment in form.fields():
        if segment.name == "file":
            filename = segment.filename or ""
            return IncomingFile(filename=filename, content=form.content(), password=lambda: form.password)
    raise InvalidInput("Send the document in the field `file`.", [("/file", "is required")])


class _Form:
    """The fields of a form, read once, in the order in which they come."""

    def __init__(self, events: AsyncIterator[Event]) -> None:
        self._events = events
        self.password: str | None = None

    async def fields(self) -> AsyncGenerator[MultipartSegment, None]:
        """Each field but the password, which is kept; the body of ``file`` is left to ``content``."""
        async for event in self._events:
            if not isinstance(event, MultipartSegment):
                continue
            if event.name == "password":
                self.password = await self._text()
            elif event.name == "file":
                yield event
            else:
                raise InvalidInput(
                    "The form has a field that is not known.", [("/" + event.name[:100], "is not a known field")]
                )

    async def content(self) -> AsyncGenerator[bytes, None]:
        async for event in self._events:
            if event is None:
                break
            if isinstance(event, bytes | bytearray):
                yield bytes(event)
        async for _ in self.fields():
            raise InvalidInput("Send one document at a time.", [("/file", "is given more than once")])

    async def _text(self) -> str | None:
        gathered = bytearray()
        async for event in self._events:
            if event is None:
                break
            if isinstance(event, bytes | bytearray):
                gathered += event
            if len(gathered) > MAX_PASSWORD_BYTES:
                raise InvalidInput(
                    "The password is too long.", [("/password", f"has more than {MAX_PASSWORD_BYTES} bytes")]
                )
        text = gathered.decode("utf-8", errors="replace")
        if "\0" in text:
            raise InvalidInput("The password can't be used.", [("/password", "must not contain NUL characters")])
        return text or None


async def _events(request: Request[Any, Any, Any]) -> AsyncGenerator[Event, None]:
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    if media_type != "multipart/form-data":
        raise UnsupportedMediaType("Send the document as multipart/form-data, in the field `file`.")
    try:
        parser = PushMultipartParser(options.get("boundary", ""), max_segment_count=MAX_PARTS)
        async for piece in request.stream():
            if piece and not parser.closed:
                for event in parser.parse(piece):
                    yield event
        parser.close()
    except MultipartError as error:
        raise Malformed("The form is not valid multipart/form-data.") from error
