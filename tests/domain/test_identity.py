"""Which addresses are the same account, and which passwords will do."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.errors import InvalidInput
from learnx.domain.identity import check_password, device, email_key

LETTERS = [chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.org", " ada@example.ORG\n"),
        ("ada@example.org", "\uff21\uff24\uff21@example.org"),
        ("zoe\u0308@example.org", "zo\u00eb@example.org"),
        ("stra\u00dfe@example.org", "STRASSE@example.org"),
        ("\ufb01n@example.org", "fin@example.org"),
        ("\u03c3\u03c2@example.org", "\u03a3\u03a3@example.org"),
    ],
)
def test_letters_that_count_as_the_same_are_one_account(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "\u0430da@example.org"),  # Cyrillic
        ("ada@example.org", "ad\u00e1@example.org"),
        ("ali@example.org", "al\u0131@example.org"),  # without a dot
        ("a.da@example.org", "ada@example.org"),
        ("ada+x@example.org", "ada@example.org"),
        ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_letters_that_merely_look_the_same_are_two(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)


def test_the_key_of_a_key_is_the_key_for_every_letter() -> None:
    assert [letter for letter in LETTERS if email_key(email_key(letter)) != email_key(letter)] == []


@given(st.text(max_size=20))
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257])
def test_a_password_is_refused_by_its_length(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(password)


@pytest.mark.parametrize("password", ["12345678", "x" * 256, "\U0001f512" * 256, " " * 8])
def test_a_password_may_be_of_any_letters(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("sent", "kept"), [(None, None), ("", None), (" \x00\n ", None), (" A\x1b[1m/1 ", "A[1m/1"), ("x" * 900, "x" * 200)]
)
def test_of_what_a_device_calls_itself_the_readable_is_kept(sent: str | None, kept: str | None) -> None:
    assert device(sent) == kept
