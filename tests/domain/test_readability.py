import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.readability import reading_grade, syllable_count

SYLLABLES = """the 1 cell 1 table 2 little 2 energy 3 water 2 mitochondria 5 photosynthesis 5 chemical 3 molecule 3
hydrogen 3 oxygen 3 atom 2 pressure 2 temperature 4 diagram 3 reality 4 fluid 2 continuous 4 nation 2 special 2 science
2 idea 3 area 3 theory 3 people 2 jumped 1 wanted 2 used 1 places 2 houses 2 makes 1 boxes 2 whole 1 simple 2 quiet 2
create 2 creation 3 biology 4 material 4 period 3 various 3 radius 3 union 2 million 2 region 2 religion 3 evaluate 4
situation 4 question 2 unique 2 lion 2 being 2 doing 2 society 4 experience 4 curious 3 gorgeous 2 ocean 2 changed 1
caused 1 played 1 studied 2 piece 1 world 1 rhythm 2 analysis 4 hypothesis 4 astronomy 4 behaviour 3 neurons 2 nucleus 3
bacteria 4 vaccine 2 equation 3 handled 2 called 1 rules 1 patient 2 mechanism 4 real 1 value 2 argue 2"""


@pytest.mark.parametrize(("word", "count"), re.findall(r"(\w+)\s(\d)", SYLLABLES))
def test_syllables_are_counted_as_they_are_spoken(word: str, count: str) -> None:
    assert syllable_count(word) == syllable_count(word.upper()) == int(count)


def test_parts_of_a_compound_are_counted_by_themselves_and_a_number_is_two() -> None:
    assert syllable_count("well-known") == 2
    assert syllable_count("1,000") == 2


def test_the_grade_is_that_of_the_published_formula() -> None:
    easy = "The cat sat on the mat. The dog ran to the tree."
    assert reading_grade(easy) == pytest.approx(0.39 * 12 / 2 + 11.8 * 12 / 12 - 15.59)
    hard = "Photosynthesis converts electromagnetic radiation into chemical energy."
    words = {"photosynthesis": 5, "converts": 2, "electromagnetic": 6, "radiation": 4, "into": 2, "chemical": 3}
    assert reading_grade(hard) == pytest.approx(0.39 * 7 + 11.8 * (sum(words.values()) + 3) / 7 - 15.59)


def test_marks_of_a_list_and_emphasis_are_not_read() -> None:
    assert reading_grade("- The **cat** sat on it.\n- The dog ran off.") == pytest.approx(
        reading_grade("The cat sat on it.\nThe dog ran off.") or 0
    )


@pytest.mark.parametrize("language", ["de", "zh-Hans", "fr-CA", None])
def test_no_grade_is_said_of_another_language(language: str | None) -> None:
    assert reading_grade("Das Wasser kocht bei hundert Grad.", language) is None
    assert reading_grade("Water boils.", "en-GB") is not None


@pytest.mark.parametrize("text", ["", " \n", "…", "***"])
def test_no_grade_is_said_of_a_text_without_words(text: str) -> None:
    assert reading_grade(text) is None


@given(st.text(max_size=60))
def test_any_text_has_a_grade_or_none(text: str) -> None:
    grade = reading_grade(text)
    assert grade is None or grade > -4
