"""A summary is made from all of its documents: whole, in parts, or, where they are too long, in an even sample."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learnx.domain.chunk_choice import MOST_EXCERPT_TOKENS
from learnx.domain.personas import ContentPreferences, Interests, Persona
from learnx.domain.retrieval import ChunkOutline, Scope
from learnx.domain.summaries import SummaryFile
from learnx.domain.summary_keys import summary_key
from learnx.domain.summary_material import MAX_PARTS, excerpt_size, summary_material, top_level_parts


def file(number: int, sections: int, chunks: int, tokens: int = 300) -> tuple[SummaryFile, list[ChunkOutline]]:
    outline = [
        ChunkOutline(
            id=UUID(int=number * 1_000_000 + section * 10_000 + place),
            index=section * chunks + place,
            heading_path=(f"Section {section}",),
            token_count=tokens,
            content_hash=f"{number} {section} {place}",
        )
        for section in range(sections)
        for place in range(chunks)
    ]
    return SummaryFile(file_id=UUID(int=number), title=f"File {number}", language="en"), outline


def test_what_fits_into_one_prompt_is_one_part() -> None:
    outlines = [file(1, sections=3, chunks=4)]
    material = summary_material(outlines, context_tokens=32_000)
    assert material.parts == (tuple(chunk.id for chunk in outlines[0][1]),)


def test_front_and_back_matter_is_left_out_unless_there_is_nothing_else() -> None:
    title, outline = file(1, sections=2, chunks=1)
    apparatus = ChunkOutline(
        id=UUID(int=5), index=9, heading_path=("References",), token_count=900, content_hash="references"
    )
    material = summary_material([(title, [*outline, apparatus])], context_tokens=32_000)
    assert apparatus.id not in material.chunk_ids
    assert summary_material([(title, [apparatus])], context_tokens=32_000).chunk_ids == (apparatus.id,)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 30), st.integers(1, 900)), min_size=1, max_size=6),
    st.sampled_from([1_000, 4_096, 8_192, 32_000, 1_000_000]),
)
def test_every_part_fits_into_a_prompt_and_there_are_no_more_than_a_few(
    shapes: list[tuple[int, int, int]], context_tokens: int
) -> None:
    outlines = [file(number, *shape) for number, shape in enumerate(shapes, start=1)]
    sizes = {chunk.id: excerpt_size(chunk.token_count) for _, outline in outlines for chunk in outline}
    material = summary_material(outlines, context_tokens=context_tokens)
    assert 1 <= len(material.parts) <= MAX_PARTS
    assert material.excerpt_tokens <= MOST_EXCERPT_TOKENS
    for part in material.parts:
        assert len(part) == 1 or sum(sizes[chunk] for chunk in part) <= material.excerpt_tokens
    order = [chunk.id for _, outline in outlines for chunk in outline]
    assert list(material.chunk_ids) == [chunk for chunk in order if chunk in set(material.chunk_ids)]


def test_a_document_of_two_thousand_pages_is_sampled_evenly() -> None:
    outlines = [file(1, sections=40, chunks=75)]
    material = summary_material(outlines, context_tokens=32_000)
    read = set(material.chunk_ids)
    of_sections = [
        sum(chunk.id in read for chunk in outlines[0][1][start : start + 75]) for start in range(0, 3_000, 75)
    ]
    assert MAX_PARTS - 2 <= len(material.parts) <= MAX_PARTS
    assert max(of_sections) - min(of_sections) <= 1
    ends = [sum(chunk.id in read for chunk in outlines[0][1][start : start + 25]) for start in range(0, 3_000, 25)]
    assert min(ends) >= 2


def test_all_files_of_a_course_are_read_evenly() -> None:
    outlines = [file(number, sections=3, chunks=100) for number in range(1, 8)]
    material = summary_material(outlines, context_tokens=16_000)
    of_files = [sum(chunk.id in set(material.chunk_ids) for chunk in outline) for _, outline in outlines]
    assert max(of_files) - min(of_files) <= 1
    assert len(material.files) == 7


def test_a_short_file_of_a_course_is_read_whole_beside_long_ones() -> None:
    outlines = [file(1, sections=2, chunks=400), file(2, sections=2, chunks=5), file(3, sections=2, chunks=400)]
    read = set(summary_material(outlines, context_tokens=8_192).chunk_ids)
    assert all(chunk.id in read for chunk in outlines[1][1])


def test_without_any_chunk_there_is_no_part() -> None:
    assert summary_material([], context_tokens=32_000).parts == ()
    assert top_level_parts([file(1, sections=3, chunks=4), file(2, sections=2, chunks=1)]) == 5


@pytest.mark.parametrize(
    ("change", "another"),
    [
        ({"content_preferences": ContentPreferences(summary_style="outline")}, True),
        ({"language": "de"}, True),
        ({"interests": Interests(primary=("cooking",))}, False),
        ({"content_preferences": ContentPreferences(examples_per_concept=5)}, False),
    ],
)
def test_a_persona_makes_another_summary_where_summaries_use_what_changed(
    change: dict[str, object], another: bool
) -> None:
    outlines = [file(1, sections=2, chunks=2)]

    def key(**facets: object) -> str:
        return summary_key(
            owner=UUID(int=9),
            scope=Scope(file_id=UUID(int=1)),
            material=summary_material(outlines, context_tokens=32_000),
            hashes={chunk.id: chunk.content_hash for chunk in outlines[0][1]},
            persona=Persona(**{"interests": Interests(primary=("chess",)), **facets}),
            summary_type="key_points",
            max_words=200,
            model="offline",
        )

    assert (key() != key(**change)) is another
