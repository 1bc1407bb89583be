"""A textbook of our own: so long that a lesson has to choose, with definitions, examples, figures and hard prose."""

from uuid import UUID

from tests.domain.lesson_material import FILE

from learnx.domain.documents import Chunk, PageMark

_PARTS = {
    "Rivers": ("meander", "delta", "estuary", "tributary"),
    "Mountains": ("ridge", "glacier", "valley", "summit"),
    "Coasts": ("dune", "lagoon", "cliff", "spit"),
}
_AGENTS = ("water", "wind", "ice", "frost")
_STUFF = ("sand", "gravel", "clay", "limestone")


def _text(noun: str, place: int) -> str:
    agent, stuff = _AGENTS[place % 4], _STUFF[(place // 2) % 4]
    return " ".join(
        (
            f"{'An' if noun[0] in 'aeiou' else 'A'} {noun} is a form of the land that {agent} has shaped.",
            f"It is made of {stuff}.",
            f"Most of the {stuff} in a {noun} has come from far away.",
            f"A {noun} grows in spring.",
            f"The slope of a {noun} measures between {place + 2} and {place + 9} degrees at {100 * place + 150} meters "
            "above the level of the sea.",
            "Notwithstanding considerable variability in meteorological conditions, the accumulation of "
            f"{stuff} within a {noun} proceeds with remarkable regularity over geological periods.",
            f"If the {agent} weakens, the {noun} loses {stuff} to its surroundings.",
            f"For example, a {noun} in Norway lost {place + 3} meters of {stuff} within {place + 11} years.",
            f"Geographers classify every {noun} according to its age, its orientation and the predominant agent of its "
            "formation.",
            f"People have built their houses next to a {noun} since early times.",
            f"Imagine a {noun} without any {agent}.",
            f"Such places as the {noun} attract birds, because {stuff} holds warmth.",
        )
    )


def chunks() -> tuple[Chunk, ...]:
    """One chunk a page, each under a heading of its own."""
    named = [(part, noun) for part, nouns in _PARTS.items() for noun in nouns]
    return tuple(
        Chunk(
            id=UUID(int=500 + place),
            file_id=FILE,
            index=place,
            text=_text(noun, place),
            page_marks=(PageMark(offset=0, page=place + 1, label=None),),
            heading_path=(part, f"The {noun}"),
            token_count=200,
            content_hash=f"textbook {place}",
            page_start=place + 1,
            page_end=place + 1,
            page_label=None,
        )
        for place, (part, noun) in enumerate(named)
    )
