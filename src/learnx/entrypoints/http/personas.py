"""The persona: put, patched, and kept in all of its versions."""

from datetime import datetime
from typing import Any

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, get, patch, put
from litestar.params import JSONBody

from learnx.application.personas import GetPersona, PatchPersona, PersonaHistory, PutPersona
from learnx.domain.personas import Persona, PersonaVersion
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.input import merged
from learnx.entrypoints.http.lists import BY_ORDINAL, Cursor, Limit, Listing, Paging

TAGS = ["Persona"]
VERSIONS = Paging[PersonaVersion]("persona-history", BY_ORDINAL, lambda version: (version.version,))


class PersonaDocument(Persona):
    """A persona with its version, as one document."""

    version: int
    updated_at: datetime


class PersonaVersions(Listing[PersonaDocument], frozen=True):
    pass


def document(version: PersonaVersion) -> PersonaDocument:
    fields = {name: getattr(version.persona, name) for name in Persona.__struct_fields__}
    return PersonaDocument(**fields, version=version.version, updated_at=version.updated_at)


@get("/persona", opt={"refuses": (404,)}, summary="My persona", tags=TAGS)
@inject
async def get_persona(
    request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[GetPersona]
) -> Response[PersonaDocument]:
    return tagged(request, document(await use_case(principal)))


@put("/persona", opt={"creates": True, "refuses": (409,)}, summary="Describe myself", tags=TAGS)
@inject
async def put_persona(
    request: Request[Any, Any, Any], principal: Caller, data: JSONBody[Persona], use_case: FromDishka[PutPersona]
) -> Response[PersonaDocument]:
    """201 the first time, 200 later. Every facet has defaults: the shortest persona is one interest."""
    check = if_match(request)
    existed = False

    def change(current: PersonaVersion | None) -> Persona:
        nonlocal existed
        existed = current is not None
        check(document(current) if current else None)
        return data

    version = await use_case(principal, change)
    return tagged(request, document(version), status=200 if existed else 201)


@patch("/persona", opt={"patches": Persona, "refuses": (404, 409)}, summary="Change my persona", tags=TAGS)
@inject
async def patch_persona(
    request: Request[Any, Any, Any],
    principal: Caller,
    data: JSONBody[dict[str, Any]],
    use_case: FromDishka[PatchPersona],
) -> Response[PersonaDocument]:
    """A JSON merge patch: null resets a field to its default, arrays are replaced."""
    check = if_match(request)

    def change(current: PersonaVersion) -> Persona:
        check(document(current))
        return merged(current.persona, data)

    return tagged(request, document(await use_case(principal, change)))


@get("/persona/history", summary="All versions of my persona, newest first", tags=TAGS)
@inject
async def persona_history(
    principal: Caller, use_case: FromDishka[PersonaHistory], limit: Limit = 20, cursor: Cursor = None
) -> PersonaVersions:
    items, after = VERSIONS.cut(await use_case(principal, VERSIONS.page(limit, cursor)), limit)
    return PersonaVersions(items=tuple(document(version) for version in items), next_cursor=after)


HANDLERS = [get_persona, put_persona, patch_persona, persona_history]
