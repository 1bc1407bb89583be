"""Says what a validator found wrong in words for whoever calls the API: no patterns, no names of Python's types."""

import re

from learnx.domain.values import VISIBLE

#: What a JSON value is called, by msgspec's name for its type.
KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "uuid": "a UUID",
    "datetime": "a time",
}
#: Patterns whose meaning is simpler than their text.
PATTERNS = {VISIBLE: "must contain a visible character"}
BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}

_TYPES = re.compile(r"Expected `(?P<wanted>[^`]+)`(?:, got `(?P<given>[^`]+)`)?")
_LENGTH = re.compile(r"Expected `(?P<kind>\w+)[^`]*` of length (?P<bound>[<>]=?) (?P<limit>\d+)")
_BOUND = re.compile(r"Expected `[^`]+` (?P<bound>[<>]=?) (?P<limit>\S+)")
_PATTERN = re.compile(r"Expected `[^`]+` matching regex (?P<pattern>.+)")
_CHOICE = re.compile(r"Invalid enum value (?P<given>.+)", re.DOTALL)
_INVALID = re.compile(r"Invalid (?P<what>\w+)\b.*", re.DOTALL)


def in_words(message: str) -> str:
    """``message`` of msgspec, in words; any other is returned as it is, without its backquotes."""
    if match := _LENGTH.fullmatch(message):
        one, more = ("entry", "entries") if match["kind"] == "array" else ("character", "characters")
        return f"must have {BOUNDS[match['bound']]} {match['limit']} {one if match['limit'] == '1' else more}"
    if match := _PATTERN.fullmatch(message):
        known = {repr(pattern): words for pattern, words in PATTERNS.items()}
        return known.get(match["pattern"], "does not have the form that it must have")
    if match := _BOUND.fullmatch(message):
        return f"must be {BOUNDS[match['bound']]} {match['limit']}"
    if match := _TYPES.fullmatch(message):
        given = f", not {_kinds(match['given'])}" if match["given"] else ""
        return f"must be {_kinds(match['wanted'])}{given}"
    if match := _CHOICE.fullmatch(message):
        return f"{match['given'].replace('`', '')} is none of the values that it can have"
    if match := _INVALID.fullmatch(message):
        return f"must be {_kinds(match['what'].lower())}"
    return message.replace("`", "")


def _kinds(names: str) -> str:
    return " or ".join(KINDS.get(name, "something else") for name in names.split(" | "))
