"""What the styles of a DOCX say about a paragraph: heading level, title, code, and its number or bullet."""

import re
from collections import defaultdict

from learnx.adapters.extraction.office_package import Element, attribute, child, long_name

_HEADING_NAME = re.compile(r"heading (\d)$", re.I)
_TABLE_OF_CONTENTS = re.compile(r"toc (\d|heading)$|table of figures$", re.I)
_CODE_NAME = re.compile(r"code|preformatted|source|listing|verbatim", re.I)
_MONOSPACED = re.compile(r"courier|mono|consolas|menlo|source code|inconsolata", re.I)
_PLACEHOLDER = re.compile(r"%([1-9])")
_MAX_LEVEL = 9
_MAX_CHAIN = 20
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Styles:
    """Styles are told by what they inherit and by their built-in names, which Word doesn't translate."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else list(root.iter(long_name("w:style")))
        self._by_id = {attribute(style, "w:styleId") or "": style for style in styles}
        self._usual = next((style for style in styles if _is_usual_paragraph(style)), None)

    def heading_level(self, properties: Element | None) -> int | None:
        """From 1; the level of the outline decides, then the name of the style."""
        for owner in (properties, *(child(style, "w:pPr") for style in self._chain(properties))):
            level = attribute(child(owner, "w:outlineLvl"), "w:val")
            if level is not None and level.isdigit():
                return int(level) + 1 if int(level) < _MAX_LEVEL else None
        for name in self._names(properties):
            found = _HEADING_NAME.match(name)
            if found:
                return max(1, int(found[1]))
        return None

    def is_title(self, properties: Element | None) -> bool:
        return "title" in (name.lower() for name in self._names(properties)[:1])

    def is_table_of_contents(self, properties: Element | None) -> bool:
        return any(map(_TABLE_OF_CONTENTS.match, self._names(properties)[:1]))

    def is_code(self, properties: Element | None) -> bool:
        return any(map(_CODE_NAME.search, self._names(properties)[:1]))

    def numbering(self, properties: Element | None) -> tuple[str, int] | None:
        """The number's id and the level, from 0, of a paragraph that is an item."""
        number = level = None
        for owner in (properties, *(child(style, "w:pPr") for style in self._chain(properties))):
            found = child(owner, "w:numPr")
            number = number or attribute(child(found, "w:numId"), "w:val")
            level = level or attribute(child(found, "w:ilvl"), "w:val")
        if number is None or number == "0":
            return None
        return number, int(level) if level and level.isdigit() else 0

    def _chain(self, properties: Element | None) -> list[Element]:
        """The style of a paragraph and what it is based on."""
        style = self._by_id.get(attribute(child(properties, "w:pStyle"), "w:val") or "", self._usual)
        chain: list[Element] = []
        while style is not None and len(chain) < _MAX_CHAIN:
            chain.append(style)
            style = self._by_id.get(attribute(child(style, "w:basedOn"), "w:val") or "")
        return chain

    def _names(self, properties: Element | None) -> list[str]:
        return [attribute(child(style, "w:name"), "w:val") or "" for style in self._chain(properties)]


def _is_usual_paragraph(style: Element) -> bool:
    return attribute(style, "w:type") == "paragraph" and attribute(style, "w:default") in ("1", "true")


def is_monospaced(run_properties: Element | None) -> bool:
    return _MONOSPACED.search(attribute(child(run_properties, "w:rFonts"), "w:ascii") or "") is not None


class Numbering:
    """Counts the items of a document in the order in which they are asked for."""

    def __init__(self, root: Element | None) -> None:
        lists = [] if root is None else list(root.iter(long_name("w:abstractNum")))
        numbers = [] if root is None else list(root.iter(long_name("w:num")))
        by_id = {attribute(one, "w:abstractNumId"): one for one in lists}
        self._levels = {
            attribute(number, "w:numId"): _levels(
                by_id.get(attribute(child(number, "w:abstractNumId"), "w:val")), number
            )
            for number in numbers
        }
        self._list_of = {
            attribute(number, "w:numId"): attribute(child(number, "w:abstractNumId"), "w:val") for number in numbers
        }
        self._started: set[tuple[str, int]] = set()
        self._counts: defaultdict[str | None, dict[int, int]] = defaultdict(dict)

    def label(self, number: str, level: int) -> str:
        """Of the next item: ``2.1``, ``b)``, a bullet; nothing where the list shows no number."""
        levels = self._levels.get(number)
        if levels is None:
            return "•"
        shown = levels.get(level)
        if shown is None or attribute(child(shown, "w:numFmt"), "w:val") == "bullet":
            return "•"
        counts = self._count(number, level, levels)
        pattern = attribute(child(shown, "w:lvlText"), "w:val") or ""

        def written(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            count = counts.get(at, _start(levels.get(at)))
            return _written(count, attribute(child(levels.get(at), "w:numFmt"), "w:val") or "decimal")

        return _PLACEHOLDER.sub(written, pattern).strip()

    def _count(self, number: str, level: int, levels: dict[int, Element]) -> dict[int, int]:
        counts = self._counts[self._list_of.get(number)]
        restarts = levels[level].get("restarts") == "1" and (number, level) not in self._started
        self._started.add((number, level))
        counts[level] = _start(levels[level]) if restarts or level not in counts else counts[level] + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return counts


def _levels(abstract: Element | None, number: Element) -> dict[int, Element]:
    """The levels of a list, with what one use of it does otherwise."""
    if abstract is None:
        return {}
    levels = {_place(level): level for level in abstract.iter(long_name("w:lvl"))}
    for override in number.iter(long_name("w:lvlOverride")):
        place = _place(override)
        own = child(override, "w:lvl")
        level = own if own is not None else levels.get(place)
        if level is not None and (own is not None or child(override, "w:startOverride") is not None):
            level.set("restarts", "1")
            levels[place] = level
    return levels


def _place(level: Element) -> int:
    value = attribute(level, "w:ilvl") or "0"
    return int(value) if value.isdigit() else 0


def _start(level: Element | None) -> int:
    value = attribute(child(level, "w:start"), "w:val") or "1"
    return int(value) if value.isdigit() and len(value) < 7 else 1


def _written(count: int, form: str) -> str:
    match form:
        case "lowerLetter" | "upperLetter":
            letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
            return letters.upper() if form == "upperLetter" else letters
        case "lowerRoman" | "upperRoman":
            numeral = _roman(count)
            return numeral.upper() if form == "upperRoman" else numeral
        case "decimalZero":
            return f"{count:02}"
        case "none":
            return ""
        case _:
            return str(count)


def _roman(count: int) -> str:
    numeral = ""
    for value, digits in (*_ROMAN, *_ROMAN_ONES):
        times, count = divmod(count, value)
        numeral += digits * min(times, 10)
    return numeral
