"""What `learnx personalize` takes: held to the limits of the service before anything is started."""

import sys
from typing import Any

import click

from learnx.domain.lessons import SECTION_TYPES
from learnx.entrypoints.refusals import UsedWrongly

INTEREST_LENGTH, FOCUS_LENGTH, PASSWORD_LENGTH = 100, 200, 256
MAX_INTERESTS = 5
"""Characters, and how many: as the HTTP interface has them."""


class Text(click.ParamType[str]):
    """Between one and so many characters, all of which can be stored. It is never repeated in a refusal."""

    name = "text"

    def __init__(self, longest: int) -> None:
        self._longest = longest

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        option = param.opts[0] if param else "this"
        if not value.strip():
            raise UsedWrongly(f"{option} takes a text, and got an empty one.")
        if len(value) > self._longest:
            raise UsedWrongly(f"{option} takes up to {self._longest} characters, and got {len(value)}.")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise UsedWrongly(f"{option} takes text in UTF-8, and got bytes that are none.")
        return value


def few_interests(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) > MAX_INTERESTS:
        raise UsedWrongly(f"--interest may be given up to {MAX_INTERESTS} times, and was {len(given)} times.")
    return given


def known_password(context: click.Context, option: click.Parameter, given: str | None) -> str | None:
    """``-`` asks for it without showing it, or reads it from the first line of a pipe."""
    if given != "-":
        return given
    if sys.stdin.isatty():
        typed: str = click.prompt("Password of the document", hide_input=True, err=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    return Text(PASSWORD_LENGTH).convert(typed, option, context)


def known_sections(_: click.Context, __: click.Parameter, text: str | None) -> tuple[Any, ...]:
    if text is None:
        return SECTION_TYPES
    wanted = tuple(part.strip() for part in text.split(","))
    if len(set(wanted)) != len(wanted) or not set(wanted) <= set(SECTION_TYPES):
        raise UsedWrongly(f"--sections takes each of {', '.join(SECTION_TYPES)} at most once.")
    return wanted


def persona_change(given: dict[str, Any]) -> dict[str, dict[str, object]]:
    """Options that were given, by facet and field of the persona's JSON."""
    places = {
        "level": ("professional", "technicalLevel"),
        "density": ("contentPreferences", "density"),
        "examples": ("contentPreferences", "examplesPerConcept"),
        "summary_style": ("contentPreferences", "summaryStyle"),
        "tone": ("communication", "tone"),
    }
    change: dict[str, dict[str, object]] = {}
    for option, (facet, field) in places.items():
        if given[option] is not None:
            change.setdefault(facet, {})[field] = given[option]
    if given["interests"]:
        change["interests"] = {"primary": list(given["interests"])}
    return change
