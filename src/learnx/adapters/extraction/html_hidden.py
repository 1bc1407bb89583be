"""Takes out of a page of HTML what a browser doesn't show, which its readers have never seen."""

import re
from typing import Any

_Element = Any

_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.I)


def drop_hidden(root: _Element) -> None:
    """Keeps formulas behind their pictures, and the body, which some pages hide until their scripts run."""
    for element in root.xpath("//body//*[@hidden or @aria-hidden or @style]"):
        if _is_hidden(element) and not _is_formula(element):
            element.drop_tree()


def _is_hidden(element: _Element) -> bool:
    is_marked = element.get("hidden") is not None or element.get("aria-hidden", "").strip().lower() == "true"
    return is_marked or _HIDING_STYLE.search(element.get("style", "")) is not None


def _is_formula(element: _Element) -> bool:
    return element.tag == "math" or ([child.tag for child in element] == ["math"] and not (element.text or "").strip())
