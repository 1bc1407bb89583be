import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.numbers import numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("100 °C", "100 degrees Celsius"),
        ("100 °C", "100°C"),
        ("50 %", "50 percent"),
        ("50%", "50 per cent"),
        ("1,500 m", "1500 metres"),
        ("0,5 L", "0.5 litres"),
        ("10⁶", "10^6"),
        ("seven", "7"),
        ("5kg", "5 kilograms"),
        ("$500", "500 dollars"),
        ("in the 1980s", "1980"),
        ("the 19th", "19"),
        ("−5 °C", "-5 °C"),
        ("half a million", "500,000"),
        ("a quarter of a million", "250 000"),
        ("one and a half million", "1.5 million"),
        ("a million and a half", "1,500,000"),
        ("12 300 people", "12,300 people"),
        ("medio millón", "500.000"),
        ("quinientos mil", "500 000"),
        ("mil novecientos ochenta y cuatro", "1984"),
        ("dos mil millones", "2000 millones"),
        ("2,5 millones", "2.500.000"),
        ("25 mil", "25.000"),
        ("deux cent mille", "200 000"),
        ("quatre-vingt-dix", "90"),
        ("soixante-quinze", "75"),
        ("vingt et un", "21"),
        ("trois millions", "3 000 000"),
        ("einundzwanzig", "21"),
        ("fünfhunderttausend", "500.000"),
        ("eine halbe Million", "500.000"),
        ("drei Milliarden", "3 Milliarden"),
    ],
)
def test_two_writings_of_one_quantity_are_equal(one: str, other: str) -> None:
    (first,), (second,) = numbers(one), numbers(other)
    assert first.values & second.values
    assert first.unit == second.unit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("100 °C", "100 °F"),
        ("5 km", "5 miles"),
        ("5 g", "5 kg"),
        ("3.2", "3.3"),
        ("-5", "5"),
        ("10^6", "10^9"),
        ("5 %", "5 kg"),
    ],
)
def test_different_quantities_differ(one: str, other: str) -> None:
    (first,), (second,) = numbers(one), numbers(other)
    assert not (first.values & second.values) or first.unit != second.unit


@pytest.mark.parametrize("text", ["H2O and CO2", "a 3D model", "one of them", "no number at all", "x2"])
def test_names_with_digits_and_the_pronoun_one_are_no_numbers(text: str) -> None:
    assert numbers(text) == ()


@pytest.mark.parametrize("text", ["50 100 200", "| 12 300 400 | 4", "in 2012 300 people", "dos, tres"])
def test_numbers_side_by_side_stay_several(text: str) -> None:
    assert len(numbers(text)) > 1


def test_what_is_counted_follows_its_number() -> None:
    human, pairs = numbers("46 human chromosomes, in 23 pairs.")
    assert human.following == ("human", "chromosom")
    assert pairs.following == ("pair",)


def test_the_ends_of_a_range_are_two_numbers() -> None:
    assert [sorted(number.values) for number in numbers("10-20 km")] == [["10"], ["20"]]


@given(st.integers(0, 10**9))
def test_thousands_separators_do_not_matter(value: int) -> None:
    (plain,), (grouped,) = numbers(f"{value}"), numbers(f"{value:,}")
    assert plain.values & grouped.values


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for number in numbers(text):
        assert number.values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("between 4.5 and 4.6 billion years", ["4500000000", "4600000000"]),
        ("thirty to fifty thousand people", ["30000", "50000"]),
        ("in 1990 and 3 million people", ["1990", "3000000"]),
    ],
)
def test_a_scale_is_said_once_for_two_numbers_of_one_range(text: str, values: list[str]) -> None:
    assert [min(number.values) for number in numbers(text)] == values


@pytest.mark.parametrize(
    ("text", "unit"),
    [("0.3 light-years", "ly"), ("3 light years away", "ly"), ("120 Astronomical Units", "AU"), ("0.3 AU", "AU")],
)
def test_units_of_two_words_are_units(text: str, unit: str) -> None:
    assert [number.unit for number in numbers(text)] == [unit]
