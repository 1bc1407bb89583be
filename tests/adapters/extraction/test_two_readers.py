"""A long document is read by two processes, and it makes no difference but time."""

import os
import signal
from collections.abc import Callable

import psutil
import pytest

from learnx.adapters.extraction.pages import Line, Page, RuledTable
from learnx.adapters.extraction.two_readers import MIN_PAGES, read_pages

COUNT = MIN_PAGES + 7


def page(index: int) -> Page:
    line = Line(f"Page {index} – naïve 🎓", 1.0, 2.0, 3.0, 4.0, 10.5, bold=True)
    table = RuledTable(box=(0.0, 0.0, 9.0, 9.0), rows=(("a", ""), ("b", "c")))  # type: ignore[arg-type]
    return Page(index + 1, 595.0, 842.0, [line, table] if index % 3 else [line], label=None if index % 2 else "xii")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def in_the_second(action: Callable[[], object]) -> Callable[[int], Page]:
    """Reads pages, and does ``action`` at one that the second process comes to, in that process alone."""
    first = os.getpid()

    def read(index: int) -> Page:
        if index == COUNT - 3 and os.getpid() != first:
            action()
        return page(index)

    return read


def test_the_pages_come_in_order_and_whole_whoever_has_read_them() -> None:
    readers = set()

    def read(index: int) -> Page | None:
        readers.add(os.getpid())
        return None if index in (3, COUNT - 2) else page(index)

    told: list[int] = []
    pages = read_pages(read, COUNT, told.append)
    assert readers == {os.getpid()}  # what the other process noted stayed there
    assert pages == [made for index in range(COUNT) if (made := page(index)) and index not in (3, COUNT - 2)]
    assert told[-1] == COUNT and max(told) == COUNT


def fail() -> None:
    raise MemoryError


@pytest.mark.parametrize(
    "end",
    [fail, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(0)],
    ids=["out of memory", "killed", "silent"],
)
def test_pages_that_the_second_reader_did_not_deliver_are_read_by_the_first(end: Callable[[], object]) -> None:
    told: list[int] = []
    assert read_pages(in_the_second(end), COUNT, told.append) == [page(index) for index in range(COUNT)]
    assert told[-1] == COUNT


def test_no_process_is_left_behind() -> None:
    before = psutil.Process().children()
    read_pages(page, COUNT, lambda _: None)
    assert psutil.Process().children() == before
