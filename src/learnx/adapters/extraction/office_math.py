"""Writes formulas of Office documents on one line, as a learner would type them: nothing of them may be lost."""

from learnx.adapters.extraction.office_package import Element, attribute, child, tag_of, text_of

_SCRIPTS = ("m:sSup", "m:sSub", "m:sSubSup")
_FUNCTION_APPLICATION = "\u2061"


def linear(element: Element | None) -> str:
    """``x^2``, ``(a+b)/2``, ``√(x)``, ``∑_(i=1)^n``: after Unicode Technical Note 28."""
    if element is None:
        return ""
    match tag_of(element):
        case "m:t" | "w:t" | "a:t":
            return text_of(element).replace(_FUNCTION_APPLICATION, "")
        case "m:f":
            bar = "¦" if attribute(child(element, "m:fPr", "m:type"), "m:val") == "noBar" else "/"
            return f"{_part(element, 'm:num')}{bar}{_part(element, 'm:den')}"
        case "m:sSup":
            return f"{_part(element, 'm:e')}^{_part(element, 'm:sup')}"
        case "m:sSub":
            return f"{_part(element, 'm:e')}_{_part(element, 'm:sub')}"
        case "m:sSubSup":
            return f"{_part(element, 'm:e')}_{_part(element, 'm:sub')}^{_part(element, 'm:sup')}"
        case "m:limLow" | "m:limUpp":
            sign = "_" if tag_of(element) == "m:limLow" else "^"
            return f"{linear(child(element, 'm:e'))}{sign}{_part(element, 'm:lim')}"
        case "m:rad":
            degree = linear(child(element, "m:deg"))
            return f"{degree and f'({degree})'}√({linear(child(element, 'm:e'))})"
        case "m:nary":
            return _operator(element)
        case "m:func":
            return f"{linear(child(element, 'm:fName'))} {linear(child(element, 'm:e'))}"
        case "m:d":
            return _delimited(element)
        case "m:m":
            return f"[{'; '.join(_row(row) for row in element if tag_of(row) == 'm:mr')}]"
        case "m:eqArr":
            return "\n".join(linear(line) for line in element if tag_of(line) == "m:e")
        case "m:acc":
            return linear(child(element, "m:e")) + (attribute(child(element, "m:accPr", "m:chr"), "m:val") or "\u0302")
        case "w:del" | "w:moveFrom" | "w:rPr" | "m:rPr":
            return ""
        case _:
            return _joined(element)


def _joined(element: Element) -> str:
    """A space ends an index or a power where a letter or digit follows."""
    text = ""
    for inner in element:
        written = linear(inner)
        ends_script = tag_of(inner.getprevious()) in _SCRIPTS
        text += " " + written if ends_script and written[:1].isalnum() else written
    return text


def _part(element: Element, name: str) -> str:
    """In brackets, unless it is one word or number, or has brackets of its own."""
    part = child(element, name)
    text = linear(part).strip()
    is_delimited = part is not None and [tag_of(inner) for inner in part if tag_of(inner) != "m:ctrlPr"] == ["m:d"]
    return text if len(text) < 2 or text.isalnum() or is_delimited else f"({text})"


def _operator(element: Element) -> str:
    sign = attribute(child(element, "m:naryPr", "m:chr"), "m:val") or "∫"
    below, above = _part(element, "m:sub"), _part(element, "m:sup")
    return f"{sign}{below and f'_{below}'}{above and f'^{above}'} {linear(child(element, 'm:e'))}"


def _delimited(element: Element) -> str:
    properties = child(element, "m:dPr")

    def sign(name: str, usual: str) -> str:
        found = attribute(child(properties, name), "m:val")
        return usual if found is None else found

    inner = (linear(part) for part in element if tag_of(part) == "m:e")
    return sign("m:begChr", "(") + sign("m:sepChr", "|").join(inner) + sign("m:endChr", ")")


def _row(row: Element) -> str:
    return ", ".join(linear(cell) for cell in row if tag_of(cell) == "m:e")
