"""What a reasoning model thinks before it answers reaches nobody, and lends its marker to nothing."""

from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.model_text import ModelText, Unit


def units(text: str, cut: int = 1) -> list[str]:
    model = ModelText()
    read = [found for at in range(0, len(text), cut) for found in model.feed(text[at : at + cut])]
    return [found.raw for found in [*read, *model.close()] if isinstance(found, Unit)]


def test_a_thought_is_left_out_with_its_markers() -> None:
    assert units("<think>Whales cause the tides [1].</think> Pilots enter at night [2].") == [
        "Pilots enter at night [2]."
    ]


def test_a_thought_that_was_never_opened_or_closed_joins_no_sentence() -> None:
    assert units("Whales sing.</think> Pilots enter at night [2].") == ["Whales sing.", "Pilots enter at night [2]."]
    assert units("Pilots enter at night [2]. <THINKING> Whales sing [1].") == ["Pilots enter at night [2]."]


def test_a_sign_is_no_thought() -> None:
    assert units("Here x < y, and a <thin layer> floats [1]. It ends with <thi") == [
        "Here x < y, and a <thin layer> floats [1].",
        "It ends with <thi",
    ]


def test_a_tag_behind_a_marker_ends_no_less_of_a_sentence() -> None:
    assert units("<b>Whales sing [1].</b> Pilots enter [2].") == ["<b>Whales sing [1].</b>", "Pilots enter [2]."]


@given(st.lists(st.sampled_from(["<", "think", ">", "</", "a", " ", "Pilots enter [1].", "\n"])), st.integers(1, 9))
def test_thoughts_are_the_same_however_the_reply_is_cut(parts: list[str], cut: int) -> None:
    text = "".join(parts)
    assert units(text, cut) == units(text, 1)
