"""How fast, and with how much memory, an upload becomes searchable, beside pdfplumber's text alone and LangChain."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pdfplumber
import pypdfium2
from benchmarks.langchain_environment import langchain
from benchmarks.learner import CORPORA
from benchmarks.memory import MB, Peak, peak_of_tree
from benchmarks.report import Figure
from benchmarks.running import Learner, Stack, running_stack
from tests.adapters.extraction.test_corpora import cell_recall

RUNS = 5
TIMES_PDFPLUMBER, TIMES_LANGCHAIN = 8, 4
FIFTY_PAGES_WITHIN, PEAK_MEMORY = 5.0, 500 * MB


@dataclass(frozen=True, slots=True)
class Book:
    title: str
    path: Path
    pages: int
    about_tables: str = ""


def run() -> list[Figure]:
    books = [
        Book("EPANET manual", CORPORA / "pdf_real" / "EPANET_User's_Manual_2.2.0.pdf", 190),
        Book(
            "decay book",
            CORPORA / "pdf_real" / "decay-book-4screen.pdf",
            241,
            about_tables="it has none: those are the frames of its plots",
        ),
    ]
    for book in books:
        book.path.stat()
    with running_stack() as stack:
        learner = Learner(stack.url)
        fifty = _first_pages(books[1].path, 50)
        learner.seconds_to_process("warm.pdf", fifty)
        assert stack.addresses.superuser_url
        with langchain(stack.addresses.superuser_url) as langchain_seconds:
            rows = [row for book in books for row in _speed(book, learner, langchain_seconds)]
        rows.append(_fifty(learner, fifty))
        peaks = [_peak(stack, learner, book) for book in books]
    rows += [_memory(book, peak) for book, peak in zip(books, peaks, strict=True)]
    return [*rows, *map(_cells, books)]


def _first_pages(path: Path, count: int) -> bytes:
    buffer = io.BytesIO()
    with pypdfium2.PdfDocument(path) as whole, pypdfium2.PdfDocument.new() as part:
        part.import_pages(whole, list(range(count)))
        part.save(buffer)
    return buffer.getvalue()


def _copy(content: bytes) -> bytes:
    """The same document in other bytes: a comment after its end."""
    return content + f"\n% {time.time_ns()}\n".encode()


def _peak(stack: Stack, learner: Learner, book: Book) -> Peak:
    """In a run of its own: sampling costs time."""
    with peak_of_tree(stack.child("worker")) as peak:
        learner.seconds_to_process("book.pdf", _copy(book.path.read_bytes()))
    return peak


def _seconds_of_pdfplumber(path: Path) -> float:
    started = time.perf_counter()
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.close()
    return time.perf_counter() - started


def _speed(book: Book, learner: Learner, langchain_seconds: Callable[[Path], float]) -> list[Figure]:
    """Medians of runs that take turns with LangChain's; pdfplumber takes ten times as long, and has one."""
    content = book.path.read_bytes()
    runs = [(learner.seconds_to_process("book.pdf", _copy(content)), langchain_seconds(book.path)) for _ in range(RUNS)]
    seconds, of_langchain = (median(times) for times in zip(*runs, strict=True))
    rows = []
    baselines = (
        ("pdfplumber extract_text", _seconds_of_pdfplumber(book.path), TIMES_PDFPLUMBER),
        ("LangChain", of_langchain, TIMES_LANGCHAIN),
    )
    for name, baseline, times in baselines:
        rows.append(
            Figure(
                name=f"upload → completed, {book.title} ({book.pages} pages), against {name}",
                measured=book.pages / seconds,
                unit="pages/s",
                baseline=book.pages / baseline,
                ratio=baseline / seconds,
                target=f"≥ {times} ×",
                ok=baseline / seconds >= times,
            )
        )
    return rows


def _cells(book: Book) -> Figure:
    wanted, found = cell_recall(book.path)
    note = f" ({book.about_tables})" if book.about_tables else ""
    return Figure(
        name=f"{book.title}: table cells found, of pdfplumber's{note}",
        measured=found,
        baseline=wanted,
        ratio=found / wanted if wanted else None,
    )


def _memory(book: Book, peak: Peak) -> Figure:
    return Figure(
        name=f"{book.title}: peak memory of the worker's process tree (PSS)",
        measured=peak.pss / MB,
        unit="MB",
        target=f"≤ {PEAK_MEMORY // MB} MB",
        ok=peak.pss <= PEAK_MEMORY,
    )


def _fifty(learner: Learner, content: bytes) -> Figure:
    seconds = median(learner.seconds_to_process("fifty.pdf", _copy(content)) for _ in range(RUNS))
    return Figure(
        name="upload → completed, 50 pages, one worker",
        measured=seconds,
        unit="s",
        target=f"≤ {FIFTY_PAGES_WITHIN:.0f} s",
        ok=seconds <= FIFTY_PAGES_WITHIN,
    )
