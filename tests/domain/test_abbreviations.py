"""What a document writes short and long is one thing, whichever of both a sentence uses."""

import pytest
from tests.domain.test_grounding_wording import verdict

from learnx.domain.abbreviations import definitions

ICE = "Beyond Neptune lie the trans-Neptunian objects (TNOs). The best known of the TNOs is Pluto."
VIRUS = "Patients with the human immunodeficiency virus (HIV) were tested twice. HIV attacks the immune system."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the European Space Agency (ESA) and", [("ESA", "European Space Agency")]),
        ("called trans-Neptunian objects (TNOs).", [("TNO", "trans-Neptunian objects")]),
        ("TNOs (trans-Neptunian objects) are", [("TNO", "trans-Neptunian objects")]),
        ("enzymes (Figure 3), water (H2O) and (so they say) gold (see NASA)", []),
        ("nothing (", []),
        ("(NASA)", []),
    ],
)
def test_a_short_form_is_found_with_the_words_it_stands_for(text: str, found: list[tuple[str, str]]) -> None:
    assert list(definitions(text)) == found


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("Pluto is the best known of the trans-Neptunian objects [1].", ICE),
        ("The human immunodeficiency virus attacks the immune system [1].", VIRUS),
        ("Pluto, the best known of all trans-Neptunian objects, is a TNO [1].", ICE),
    ],
)
def test_a_sentence_may_write_out_what_its_passage_abbreviates(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind == "sourced", verdict(claimed, document).reason


def test_no_other_name_passes_for_what_is_abbreviated() -> None:
    assert verdict("The best known of the NATO members is Pluto [1].", ICE).kind is None
