"""Reads the pages of a long document in two processes at once: a textbook's time is nearly all the engine's own."""

import ctypes
import mmap
import os
import signal
from collections.abc import Callable
from contextlib import suppress

import msgspec

from learnx.adapters.extraction.pages import Page
from learnx.adapters.extraction.system_calls import forbid_processes

#: Below this many pages a second process costs more than it saves.
MIN_PAGES = 40

_PR_SET_PDEATHSIG = 1
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Page])

ReadPage = Callable[[int], Page | None]
OnPage = Callable[[int], None]


def read_pages(read: ReadPage, count: int, on_page: OnPage) -> list[Page]:
    """Pages 0 … ``count`` - 1 that load, in order; ``on_page`` is told how many have been read.

    The second reader is a fork, so it stands under the same limits, in the same process group, and ends with its
    parent. Where it fails in any way, its pages are read here: what is wrong with them is then found out as usual.
    """
    if count < MIN_PAGES or len(os.sched_getaffinity(0)) < 2:
        forbid_processes()
        return _read(read, range(count), on_page)
    middle = count // 2
    done = ctypes.c_uint32.from_buffer(mmap.mmap(-1, mmap.PAGESIZE))  # shared by both
    second = _SecondReader(read, range(middle, count), done)
    first_half = _read(read, range(middle), lambda number: on_page(number + done.value))
    second_half = second.result()
    if second_half is None:
        second_half = _read(read, range(middle, count), lambda number: on_page(middle + number))
    on_page(count)
    return first_half + second_half


def _read(read: ReadPage, indexes: range, on_page: OnPage) -> list[Page]:
    pages = []
    for number, index in enumerate(indexes, start=1):
        page = read(index)
        if page:
            pages.append(page)
        on_page(number)
    return pages


class _SecondReader:
    """A forked process that reads ``indexes`` and counts in ``done`` as it goes."""

    def __init__(self, read: ReadPage, indexes: range, done: ctypes.c_uint32) -> None:
        self._pipe, theirs = os.pipe()
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid:
            os.close(theirs)
            forbid_processes()
            return
        code = 1
        try:
            forbid_processes()
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() == parent:
                pages = _read(read, indexes, lambda number: setattr(done, "value", number))
                with os.fdopen(theirs, "wb") as answer:
                    answer.write(_encoder.encode(pages))
                code = 0
        finally:
            os._exit(code)

    def result(self) -> list[Page] | None:
        """Its pages, once it has read them; None where it died or answered nonsense."""
        with os.fdopen(self._pipe, "rb") as answer:
            data = answer.read()
        _, status = os.waitpid(self._pid, 0)
        if status:
            return None
        with suppress(msgspec.DecodeError):
            return _decoder.decode(data)
        return None
