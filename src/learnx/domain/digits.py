"""What digits with points and commas between them may mean: "1.500" is 1.5 or 1500."""

import re
from decimal import Decimal


def readings(digits: str) -> set[str]:
    """``1,500`` and ``1.500``: thousands or a decimal fraction; ``1 500`` is thousands; anything with more marks than
    that is itself."""
    digits = digits.replace(" ", "")
    marks = [char for char in digits if char in ".,"]
    plain = digits.replace(",", "").replace(".", "")
    if not marks:
        return {trimmed(digits)}
    groups = re.split(r"[.,]", digits)
    thousands = len(set(marks)) == 1 and all(len(group) == 3 for group in groups[1:]) and 0 < len(groups[0]) <= 3
    found = {trimmed(plain)} if thousands and groups[0] != "0" else set()
    if len(marks) == 1:
        found.add(trimmed(digits.replace(",", ".")))
    elif marks[-1] != marks[0]:
        whole, fraction = digits[: digits.rindex(marks[-1])], groups[-1]
        found.add(trimmed(f"{whole.replace(marks[0], '')}.{fraction}"))
    return found or {digits}


def trimmed(number: str) -> str:
    whole, point, fraction = number.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if point and fraction else whole


def scaled(value: str, scale: int | Decimal) -> str:
    """A plain number times ``scale``; of others that is only written down."""
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", value):
        return f"{value}*{scale}"
    return trimmed(format(Decimal(value) * scale, "f"))
