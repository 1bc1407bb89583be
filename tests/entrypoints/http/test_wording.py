from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from learnx.domain.personas import FreeText
from learnx.domain.values import VISIBLE
from learnx.entrypoints.http.wording import in_words


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (int, "ten", "must be a whole number, not text"),
        (str | None, 5, "must be text or null, not a whole number"),
        (bool, "yes", "must be true or false, not text"),
        (dict[str, int], [], "must be an object, not a list"),
        (Annotated[int, Meta(ge=1)], 0, "must be at least 1"),
        (Annotated[float, Meta(le=1)], 1.5, "must be at most 1.0"),
        (Annotated[str, Meta(min_length=2)], "x", "must have at least 2 characters"),
        (Annotated[list[int], Meta(max_length=1)], [1, 2], "must have at most 1 entry"),
        (Annotated[str, Meta(pattern=VISIBLE)], " ", "must contain a visible character"),
        (FreeText, "\u200b", "must contain a visible character"),
        (Annotated[str, Meta(pattern="^#[0-9a-f]+$")], "red", "does not have the form that it must have"),
        (Literal["on", "off"], "perhaps", "'perhaps' is none of the values that it can have"),
        (UUID, "x", "must be a UUID"),
    ],
)
def test_what_a_validator_finds_is_said_in_words(kind: Any, value: object, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(value, kind)
    assert in_words(str(refused.value)) == words
