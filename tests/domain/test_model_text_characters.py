import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.lesson_material import brief, written

from learnx.domain.lessons import Delta, SentenceVerified
from learnx.domain.model_text_characters import VisibleCharacters

ANY = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)


def visible(*pieces: str) -> str:
    characters = VisibleCharacters()
    return "".join("".join(characters.of(piece)) for piece in pieces)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["a\ud83d", "\ude00b"], "a\U0001f600b"),
        (["a\ud83d", "b\ude00c\ud83d"], "abc"),
        (["\ud83d\ud83d\ude00"], "\U0001f600"),
        (["nu\x00l \x07bell"], "nul bell"),
        (["\x1b[1;31mred\x1b", "[0m rose"], "red rose"),
        (["\x9b31mred"], "red"),
        (["\x1b]8;;http://x.test\x07link\x1b]8;;\x1b\\ed"], "linked"),
        (["\x1b(Bplain"], "plain"),
        (["a\u202eb\u2066c\u200bd\ufeffe\u00adf"], "abcdef"),
        (["h\U000e0068\U000e0069i"], "hi"),
        (["keeps\nlines\tand \u0646\u200c\u0647"], "keeps\nlines\tand \u0646\u200c\u0647"),
        (["\x1b]unended\nthe next line"], "\nthe next line"),
    ],
)
def test_what_cannot_be_seen_or_steers_a_screen_is_left_out(pieces: list[str], expected: str) -> None:
    assert visible(*pieces) == expected


@given(ANY, st.integers(0, 60))
def test_how_a_text_is_cut_changes_nothing_and_all_of_it_can_be_encoded(text: str, cut: int) -> None:
    whole = visible(text)
    assert visible(text[:cut], text[cut:]) == whole
    whole.encode("utf-8")
    assert not [char for char in whole if unicodedata.category(char) == "Cc" and char not in "\n\t\r"]


def test_no_delta_and_no_sentence_of_a_lesson_has_them() -> None:
    reply = "## introduction: Introduction\n\n\x1b[31mMitochondria are organelles\x00 that produce most of the \u202e"
    events, draft, _ = written(
        brief(), [[reply + "energy of a cell [1]. Great \ud83d", "\ude00 \ud83d work so far!"]][0]
    )
    texts = [event.text for event in events if isinstance(event, Delta | SentenceVerified)]
    assert draft.sections[0].markdown == (
        "Mitochondria are organelles that produce most of the energy of a cell. Great \U0001f600 work so far!"
    )
    assert "".join(texts).isprintable()
