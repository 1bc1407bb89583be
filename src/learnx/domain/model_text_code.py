"""Fences of code as CommonMark reads them and a browser renders them, whatever a model writes on their lines."""

import re

from learnx.domain.marker_forms import consists_of_markers

_INFO = re.compile(r"[`~\s]*([\w+#.-]{0,16})")


def opened(line: str) -> tuple[str, list[str]]:
    """The fence that a line opens, or none where it closes it as well, and the rows that it stands for."""
    fence, rest = line[:3], line[3:]
    if rest.endswith(fence):
        return "", [fence, rest.strip("`~ "), fence]
    info = _INFO.match(rest)
    return fence, [fence + (info[1] if info else "")]


def closed(fence: str, line: str) -> list[str]:
    """The rows of a line that closes a fence: a marker may follow on it, and nothing else."""
    rest = line[len(fence) :].strip()
    return [fence, rest] if consists_of_markers(rest) else [fence]
