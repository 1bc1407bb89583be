"""How fast, and with how much memory, an upload becomes searchable, beside pdfplumber's text alone and LangChain."""

import io
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pdfplumber
import pypdfium2
from benchmarks.langchain_environment import seconds_of_runs
from benchmarks.learner import CORPORA
from benchmarks.memory import MB, Peak, peak_of_tree
from benchmarks.report import Figure
from benchmarks.running import Learner, Stack, running_stack
from tests.adapters.extraction.test_corpora import cell_recall

RUNS, LANGCHAIN_RUNS = 5, 3
TIMES_PDFPLUMBER, TIMES_LANGCHAIN = 8, 4
FIFTY_PAGES_WITHIN, PEAK_MEMORY = 5.0, 500 * MB


@dataclass(frozen=True, slots=True)
class Book:
    title: str
    path: Path
    pages: int


def run() -> list[Figure]:
    books = [
        Book("EPANET manual", CORPORA / "pdf_real" / "EPANET_User's_Manual_2.2.0.pdf", 190),
        Book("decay book", CORPORA / "pdf_real" / "decay-book-4screen.pdf", 241),
    ]
    for book in books:
        book.path.stat()
    with running_stack() as stack:
        learner = Learner(stack.url)
        fifty = _first_pages(books[1].path, 50)
        learner.seconds_to_process("warm.pdf", fifty)
        ours = [_median_seconds(learner, book.path.read_bytes()) for book in books]
        fifty_in = _median_seconds(learner, fifty)
        assert stack.addresses.superuser_url
        theirs = seconds_of_runs([book.path for book in books], stack.addresses.superuser_url, runs=LANGCHAIN_RUNS)
        peaks = [_peak(stack, learner, book) for book in books]
    rows: list[Figure] = []
    for book, seconds, langchain, peak in zip(books, ours, theirs, peaks, strict=True):
        rows += _speed(book, seconds, median(langchain))
        rows.append(_memory(book, peak))
    return [*rows, _fifty(fifty_in)]


def _first_pages(path: Path, count: int) -> bytes:
    buffer = io.BytesIO()
    with pypdfium2.PdfDocument(path) as whole, pypdfium2.PdfDocument.new() as part:
        part.import_pages(whole, list(range(count)))
        part.save(buffer)
    return buffer.getvalue()


def _median_seconds(learner: Learner, content: bytes) -> float:
    return median(learner.seconds_to_process("book.pdf", _copy(content)) for _ in range(RUNS))


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


def _speed(book: Book, seconds: float, langchain: float) -> list[Figure]:
    rows = []
    baselines = (
        ("pdfplumber extract_text", _seconds_of_pdfplumber(book.path), TIMES_PDFPLUMBER),
        ("LangChain", langchain, TIMES_LANGCHAIN),
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
    wanted, found = cell_recall(book.path)
    recall = Figure(
        name=f"{book.title}: table cells found, of pdfplumber's", measured=found, baseline=wanted, ratio=found / wanted
    )
    return [*rows, recall]


def _memory(book: Book, peak: Peak) -> Figure:
    return Figure(
        name=f"{book.title}: peak memory of the worker's process tree (PSS)",
        measured=peak.pss / MB,
        unit="MB",
        target=f"≤ {PEAK_MEMORY // MB} MB",
        ok=peak.pss <= PEAK_MEMORY,
    )


def _fifty(seconds: float) -> Figure:
    return Figure(
        name="upload → completed, 50 pages, one worker",
        measured=seconds,
        unit="s",
        target=f"≤ {FIFTY_PAGES_WITHIN:.0f} s",
        ok=seconds <= FIFTY_PAGES_WITHIN,
    )
