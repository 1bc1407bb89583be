"""Reads what drawings in Office documents say in parts of their own: the text of SmartArt, the data of charts."""

from collections.abc import Iterator

from learnx.adapters.extraction.office_package import (
    Element,
    OfficePackage,
    Relation,
    attribute,
    child,
    long_name,
    tag_of,
    text_of,
)
from learnx.domain.documents import Block

_MAX_POINTS = 2000
#: Points of a diagram's data that hold what its author wrote.
_WRITTEN = (None, "node", "asst")


def drawing_blocks(drawing: Element, package: OfficePackage, relations: dict[str, Relation]) -> Iterator[Block]:
    """A list for each SmartArt and a table for each chart inside an element, without pages and headings."""
    for element in drawing.iter(long_name("dgm:relIds"), long_name("c:chart")):
        is_diagram = tag_of(element) == "dgm:relIds"
        relation = relations.get(attribute(element, "r:dm" if is_diagram else "r:id") or "")
        root = package.xml(relation.target) if relation else None
        if root is not None:
            yield from _diagram(root) if is_diagram else _chart(root)


def _diagram(root: Element) -> Iterator[Block]:
    items = []
    for point in root.iter(long_name("dgm:pt")):
        if point.get("type") in _WRITTEN:
            text = " ".join("".join(map(text_of, point.iter(long_name("a:t")))).split())
            if text:
                items.append(f"• {text}")
    if items:
        yield Block(kind="list", text="\n".join(items))


def _chart(root: Element) -> Iterator[Block]:
    chart = child(root, "c:chart")
    title = (
        "".join(map(text_of, title_element.iter(long_name("a:t"))))
        if (title_element := child(chart, "c:title")) is not None
        else ""
    )
    if title.strip():
        yield Block(kind="paragraph", text=title.strip())
    series = list(root.iter(long_name("c:ser")))
    if not series:
        return
    columns = [_points(child(series[0], "c:cat"))]
    head = [""]
    for one in series:
        name = child(one, "c:tx")
        head.append(" ".join(_points(name).values()))
        columns.append(_points(child(one, "c:val")))
    count = min(max((max(column, default=-1) + 1 for column in columns), default=0), _MAX_POINTS)
    rows = [head, *([column.get(index, "") for column in columns] for index in range(count))]
    yield Block(kind="table", text="\n".join(" | ".join(cell.replace("|", "¦") for cell in row) for row in rows))


def _points(values: Element | None) -> dict[int, str]:
    """By place; a chart leaves out points without a value."""
    if values is None:
        return {}
    points = {}
    for index, point in enumerate(values.iter(long_name("c:v"))):
        place = point.getparent().get("idx", "")
        points[int(place) if place.isdigit() else index] = " ".join(text_of(point).split())
    return points
