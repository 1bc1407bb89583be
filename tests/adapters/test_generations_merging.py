"""Pieces of a sentence that wait together are one event; what they say, and the order of everything, stays."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.generation_author import END, delta, mark

from learnx.adapters.generations.outbox import Outbox, merged
from learnx.domain.lessons import Delta, LessonEvent, Restarted

pytestmark = pytest.mark.anyio

EVENTS = st.lists(
    st.one_of(
        st.builds(delta, st.text(max_size=5), st.sampled_from(["s1.1", "s1.2", "s2.1"])),
        st.builds(mark, st.text(max_size=3)),
    )
)


def texts(events: list[LessonEvent]) -> list[tuple[str, str] | LessonEvent]:
    """Character by character, so that it does not matter how deltas are cut."""
    told: list[tuple[str, str] | LessonEvent] = []
    for event in events:
        if isinstance(event, Delta):
            told += [(event.sentence_id, character) for character in event.text]
        else:
            told.append(event)
    return told


@given(EVENTS)
def test_merging_loses_and_reorders_nothing(events: list[LessonEvent]) -> None:
    assert texts(merged(events)) == texts(events)


@given(EVENTS)
def test_no_two_neighbours_that_could_be_one_are_left(events: list[LessonEvent]) -> None:
    result = merged(events)
    for one, two in pairwise(result):
        assert not (isinstance(one, Delta) and isinstance(two, Delta) and one.sentence_id == two.sentence_id)


async def test_what_waits_while_nobody_takes_is_taken_together() -> None:
    outbox = Outbox(coalesce_seconds=60)
    outbox.put(delta("The "))
    assert await outbox.take() == [delta("The ")]  # the first at once
    outbox.put(delta("heart "))
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0.01)
    outbox.put(delta("beats"))
    assert not taking.done()
    outbox.put(mark("at once, and what stands before it"))
    assert await taking == [delta("heart beats"), mark("at once, and what stands before it")]


async def test_a_restart_voids_what_nobody_has_got_and_nothing_follows_an_end() -> None:
    outbox = Outbox(coalesce_seconds=0)
    restart = Restarted(reason="another model answers")
    for event in (mark("void"), restart, mark("a"), END, mark("too late")):
        outbox.put(event)
    assert await outbox.take() == [restart, mark("a"), END]
    assert outbox.closed
