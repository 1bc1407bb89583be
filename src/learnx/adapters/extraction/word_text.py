"""Reads what stands inside one paragraph of a DOCX: its words as they are shown, and what is anchored in it."""

from dataclasses import dataclass, field

from learnx.adapters.extraction.office_math import linear
from learnx.adapters.extraction.office_package import Element, attribute, child, chosen, tag_of, text_of
from learnx.adapters.extraction.raised import lowered, raised
from learnx.adapters.extraction.word_styles import is_monospaced

_NOT_SHOWN = (
    "w:del",
    "w:moveFrom",
    "w:rPr",
    "w:pPr",
    "w:instrText",
    "w:delText",
    "w:rt",
    "w:sdtPr",
    "w:commentReference",
)
_OFF = ("0", "false", "off")
_PRIVATE_USE = range(0xE000, 0xF900)


@dataclass(slots=True)
class Inline:
    """``notes`` are the foot- and endnotes referred to, as (part's kind, id); ``boxes`` hold blocks of their own."""

    parts: list[str] = field(default_factory=list)
    displayed: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    drawings: list[Element] = field(default_factory=list)
    has_math: bool = False
    has_words: bool = False
    all_monospaced: bool = True
    all_bold: bool = True

    @property
    def text(self) -> str:
        return "".join(self.parts)


def read_inline(paragraph: Element) -> Inline:
    """Insertions are read, deletions and hidden text are not; a formula on display is kept apart from the words."""
    inline = Inline()
    for element in paragraph:
        _read(element, inline)
    return inline


def _read(element: Element, inline: Inline) -> None:
    match tag_of(element):
        case "w:r":
            _read_run(element, inline)
        case "m:oMathPara":
            formulas = (linear(formula).strip() for formula in element if tag_of(formula) == "m:oMath")
            inline.displayed.extend(filter(None, formulas))
        case "m:oMath":
            if inline.has_math and tag_of(element.getprevious()) == "m:oMath":
                inline.parts.append("\n")
            inline.has_math = True
            inline.parts.append(linear(element))
        case name if name in _NOT_SHOWN or not name:
            return
        case _:
            for inner in element:
                _read(inner, inline)


def _read_run(run: Element, inline: Inline) -> None:
    properties = child(run, "w:rPr")
    if _is_on(child(properties, "w:vanish")):
        return
    before = len(inline.parts)
    for element in run:
        _read_in_run(element, inline)
    written = "".join(inline.parts[before:])
    if not written.strip():
        return
    inline.has_words = True
    inline.all_monospaced = inline.all_monospaced and is_monospaced(properties)
    inline.all_bold = inline.all_bold and _is_on(child(properties, "w:b"))
    match attribute(child(properties, "w:vertAlign"), "w:val"):
        case "superscript":
            inline.parts[before:] = [raised(written)]
        case "subscript":
            inline.parts[before:] = [lowered(written)]
        case _:
            pass


def _is_on(toggle: Element | None) -> bool:
    return toggle is not None and attribute(toggle, "w:val") not in _OFF


def _read_in_run(element: Element, inline: Inline) -> None:
    match tag_of(element):
        case "w:t":
            inline.parts.append(text_of(element))
        case "w:tab" | "w:ptab":
            inline.parts.append("\t")
        case "w:br" if attribute(element, "w:type") in ("page", "column"):
            inline.parts.append(" ")
        case "w:br" | "w:cr":
            inline.parts.append("\n")
        case "w:noBreakHyphen":
            inline.parts.append("-")
        case "w:sym":
            inline.parts.append(_symbol(attribute(element, "w:char") or ""))
        case "w:footnoteReference" | "w:endnoteReference" as reference:
            kind = reference.removeprefix("w:").removesuffix("Reference")
            inline.notes.append((kind, attribute(element, "w:id") or ""))
        case "mc:AlternateContent":
            shown = chosen(element)
            for inner in () if shown is None else shown:
                _read_in_run(inner, inline)
        case "w:drawing" | "w:pict" | "w:object":
            inline.drawings.append(element)
            inline.boxes.extend(_outermost_boxes(element))
        case "w:ruby":
            for inner in child(element, "w:rubyBase") or ():
                _read(inner, inline)
        case _:
            pass


def _symbol(code: str) -> str:
    """A character of a symbol font by its number; nothing where only that font could say what it is."""
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    return "" if point in _PRIVATE_USE or not 32 <= point < 0xD800 else chr(point)


def _outermost_boxes(element: Element) -> list[Element]:
    """Text boxes that are not inside another one, nor repeated for older readers."""
    boxes = []
    pending = [element]
    while pending:
        current = pending.pop()
        match tag_of(current):
            case "w:txbxContent":
                boxes.append(current)
            case "mc:AlternateContent":
                shown = chosen(current)
                pending.extend(() if shown is None else [shown])
            case _:
                pending.extend(reversed(current))
    return boxes
