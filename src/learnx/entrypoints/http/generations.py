"""Running generations: listed, looked at, and stopped."""

from typing import Any
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get

from learnx.application.generations import GetGeneration, ListGenerations, RunningGeneration, StopGeneration
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.lessons import GenerationId
from learnx.entrypoints.http.lists import Cursor, Limit, Listing, Paging

TAGS = ["Lessons"]
GENERATIONS = Paging[RunningGeneration]("generations", tuple[UUID], lambda running: (running.generation_id,))


class GenerationList(Listing[RunningGeneration], frozen=True):
    pass


@get("/ai/generations", summary="Your running generations, newest first", tags=TAGS)
@inject
async def list_generations(
    principal: Caller, use_case: FromDishka[ListGenerations], limit: Limit = 20, cursor: Cursor = None
) -> GenerationList:
    found = await use_case(principal, GENERATIONS.page(limit, cursor))
    items, after = GENERATIONS.cut(found, limit)
    return GenerationList(items=items, next_cursor=after)


@get("/ai/generations/{generationId:str}", summary="A running generation", tags=TAGS)
@inject
async def get_generation(
    request: Request[Any, Any, Any],
    principal: Caller,
    generation_id: GenerationId,
    use_case: FromDishka[GetGeneration],
) -> Response[RunningGeneration]:
    """404 once it is over: its lesson, if one was stored, is then to be had by its own id."""
    return tagged(request, await use_case(principal, generation_id))


@delete("/ai/generations/{generationId:str}", summary="Stop a running generation", tags=TAGS)
@inject
async def stop_generation(
    request: Request[Any, Any, Any],
    principal: Caller,
    generation_id: GenerationId,
    read: FromDishka[GetGeneration],
    use_case: FromDishka[StopGeneration],
) -> None:
    """At once, for all of its readers; their streams end in `error` with the code `CANCELLED`. 404 once it is over."""
    if "if-match" in request.headers:
        if_match(request)(await read(principal, generation_id))
    await use_case(principal, generation_id)


HANDLERS = [list_generations, get_generation, stop_generation]
