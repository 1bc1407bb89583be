"""Collects the ruling lines of a page from pdfium's path objects."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2.raw as pdfium

from learnx.adapters.extraction.pages import Box
from learnx.adapters.extraction.ruling import MAX_EDGES, MIN_LENGTH, Edge

#: A path this thin, in points, is one line and not the four sides of a box.
_THIN = 3.0
_STRAIGHT = 0.5
#: More segments than this make a curve or a plot; a box smaller than this, in points, a symbol.
_MAX_SEGMENTS = 400
_MIN_BOX = 8.0
_MAX_OBJECTS = 20_000
_MAX_DEPTH = 4

_Matrix = tuple[float, float, float, float, float, float]
_Displayed = Callable[[float, float, float, float], Box]


def page_edges(page: object, displayed: _Displayed) -> tuple[list[Edge], list[Edge]]:
    """Horizontal and vertical edges, as displayed; nothing where a page has so many that it is a drawing."""
    horizontal: list[Edge] = []
    vertical: list[Edge] = []
    for path, matrix in _paths(page):
        for left, bottom, right, top in _boxes(path, matrix):
            _add_sides(displayed(left, bottom, right, top), horizontal, vertical)
        if len(horizontal) + len(vertical) > MAX_EDGES:
            return [], []
    return horizontal, vertical


def _paths(page: object) -> Iterator[tuple[Any, _Matrix | None]]:
    """Painted paths, those inside form objects too, each with the matrix of the forms around it."""
    count = pdfium.FPDFPage_CountObjects(page)
    if count > _MAX_OBJECTS:
        return
    get, kind = pdfium.FPDFPage_GetObject, pdfium.FPDFPageObj_GetType
    path_kind, form_kind = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM
    for index in range(count):
        item = get(page, index)
        found = kind(item)
        if found == path_kind:
            yield item, None
        elif found == form_kind:
            yield from _form_paths(item, None, 1)


def _form_paths(form: object, around: _Matrix | None, depth: int) -> Iterator[tuple[Any, _Matrix | None]]:
    if depth > _MAX_DEPTH:
        return
    matrix = _times(_matrix(form), around)
    for index in range(min(pdfium.FPDFFormObj_CountObjects(form), _MAX_OBJECTS)):
        item = pdfium.FPDFFormObj_GetObject(form, index)
        found = pdfium.FPDFPageObj_GetType(item)
        if found == pdfium.FPDF_PAGEOBJ_PATH:
            yield item, matrix
        elif found == pdfium.FPDF_PAGEOBJ_FORM:
            yield from _form_paths(item, matrix, depth + 1)


def _boxes(path: object, around: _Matrix | None) -> Iterator[tuple[float, float, float, float]]:
    """The path as boxes (left, bottom, right, top): itself if it is thin or a rectangle, else its straight segments."""
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(path, *map(ctypes.byref, sides)):
        return
    left, bottom, right, top = (side.value for side in sides)
    if around:
        left, bottom = _apply(around, left, bottom)
        right, top = _apply(around, right, top)
        left, right, bottom, top = min(left, right), max(left, right), min(bottom, top), max(bottom, top)
    if min(right - left, top - bottom) <= _THIN:
        yield left, bottom, right, top
        return
    if min(right - left, top - bottom) < _MIN_BOX or pdfium.FPDFPath_CountSegments(path) > _MAX_SEGMENTS:
        return
    for (x0, y0), (x1, y1) in _segments(path, _times(_matrix(path), around)):
        if abs(x0 - x1) <= _STRAIGHT or abs(y0 - y1) <= _STRAIGHT:
            yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _segments(path: object, matrix: _Matrix) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = previous = (0.0, 0.0)
    for index in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _apply(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield previous, point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield point, begin
        previous = point


def _add_sides(box: Box, horizontal: list[Edge], vertical: list[Edge]) -> None:
    width, height = box.right - box.left, box.bottom - box.top
    if height <= _THIN < width or (height <= _THIN and width >= height):
        if width >= MIN_LENGTH:
            horizontal.append(Edge((box.top + box.bottom) / 2, box.left, box.right))
    elif height >= MIN_LENGTH:
        vertical.append(Edge((box.left + box.right) / 2, box.top, box.bottom))


def _matrix(item: object) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return (1, 0, 0, 1, 0, 0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _apply(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _times(inner: _Matrix, outer: _Matrix | None) -> _Matrix:
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    (x0, y0), (x1, y1), (x2, y2) = _apply(outer, a, b), _apply(outer, c, d), _apply(outer, e, f)
    return (x0 - outer[4], y0 - outer[5], x1 - outer[4], y1 - outer[5], x2, y2)
