import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.cleaning import clean
from learnx.domain.documents import Block, Document
from learnx.domain.invisible import STRAY_JOINERS, UNSEEN
from learnx.domain.prompts import as_data

_UNSEEN = re.compile(f"[{UNSEEN}]")
UNSEEN_CHARACTERS = [chr(code) for code in range(0x110000) if _UNSEEN.match(chr(code))]


def cleaned(text: str) -> str:
    return "".join(block.text for block in clean(Document(blocks=(Block(kind="paragraph", text=text),))).blocks)


@given(st.text(st.sampled_from(UNSEEN_CHARACTERS), min_size=1, max_size=20))
def test_what_cannot_be_seen_is_in_no_document_and_in_no_prompt(hidden: str) -> None:
    assert cleaned(f"Ice{hidden} floats.") == "Ice floats."
    assert as_data(f"Ice{hidden} floats.") == "Ice floats."


@given(st.text("\u200c\u200d", min_size=1, max_size=40))
def test_joiners_carry_nothing_between_latin_letters(bits: str) -> None:
    assert as_data(f"chess{bits}") == "chess"
    assert as_data(f"{bits}chess") == "chess"


@pytest.mark.parametrize("word", ["می‌خواهم", "क्‍ष"])
def test_a_joiner_that_a_script_is_spelt_with_stays(word: str) -> None:
    assert as_data(word) == cleaned(word) == word
    assert STRAY_JOINERS.sub("", word) == word
