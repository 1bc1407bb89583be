"""Keeps powers and indices apart from the number or letter they stand at: 10⁶ is not 106."""

_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")


def raised(text: str) -> str:
    """As superscript characters, where Unicode has them all; else as it is."""
    return _all_or_nothing(text, _RAISED)


def lowered(text: str) -> str:
    """As subscript characters, where Unicode has them all; else as it is."""
    return _all_or_nothing(text, _LOWERED)


def _all_or_nothing(text: str, table: dict[int, int]) -> str:
    return text.translate(table) if all(ord(character) in table for character in text) else text
