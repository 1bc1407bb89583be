"""Courses and their modules."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get, patch, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from learnx.application.courses import (
    ArchiveCourse,
    ChangeCourse,
    ChangeModule,
    CreateCourse,
    CreateModule,
    DeleteCourse,
    DeleteModule,
    GetCourse,
    GetModule,
    ListCourses,
    ListModules,
)
from learnx.domain.courses import Course, Module
from learnx.domain.values import VISIBLE
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.idempotency import IDEMPOTENT, once_of, told
from learnx.entrypoints.http.input import patched
from learnx.entrypoints.http.lists import BY_POSITION, BY_TIME, Cursor, Limit, Listing, Paging

TAGS = ["Library"]
COURSES = Paging[Course]("courses", BY_TIME, lambda course: (course.created_at, course.id))
MODULES = Paging[Module]("modules", BY_POSITION, lambda module: (module.position, module.id))

CourseId = Annotated[UUID, PathParameter(name="courseId")]
ModuleId = Annotated[UUID, PathParameter(name="moduleId")]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=VISIBLE)]
Description = Annotated[str, Meta(max_length=5000)]
Color = Annotated[str, Meta(pattern="^#[0-9A-Fa-f]{6}$", examples=["#3366ff"])]
Icon = Annotated[str, Meta(min_length=1, max_length=50)]


class NewCourse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    title: Title
    description: Description = ""
    color: Color | None = None
    icon: Icon | None = None


class CourseFields(NewCourse, frozen=True):
    """What a learner may change about a course."""

    archived: bool = False


class NewModule(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    title: Title
    description: Description = ""


class ModuleFields(NewModule, frozen=True):
    """What a learner may change about a module; ``position`` reorders the course."""

    position: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class CourseList(Listing[Course], frozen=True):
    pass


class ModuleList(Listing[Module], frozen=True):
    pass


@get("/courses", summary="My courses, newest first", tags=TAGS)
@inject
async def list_courses(
    principal: Caller,
    use_case: FromDishka[ListCourses],
    archived: Annotated[bool, QueryParameter(description="The archived ones instead.")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> CourseList:
    found = await use_case(principal, COURSES.page(limit, cursor, archived), archived=archived)
    items, after = COURSES.cut(found, limit, archived)
    return CourseList(items=items, next_cursor=after)


@post("/courses", opt=IDEMPOTENT, summary="Make a course", tags=TAGS)
@inject
async def create_course(
    request: Request[Any, Any, Any],
    principal: Caller,
    data: JSONBody[NewCourse],
    use_case: FromDishka[CreateCourse],
) -> Response[Course]:
    once = await once_of(request)
    course = await use_case(
        principal, data.title, description=data.description, color=data.color, icon=data.icon, once=once
    )
    return told(once, tagged(request, course, status=201, headers={"Location": f"/api/v1/courses/{course.id}"}))


@get("/courses/{courseId:str}", summary="A course", tags=TAGS)
@inject
async def get_course(
    request: Request[Any, Any, Any], principal: Caller, course_id: CourseId, use_case: FromDishka[GetCourse]
) -> Response[Course]:
    return tagged(request, await use_case(principal, course_id))


@patch(
    "/courses/{courseId:str}", opt={"patches": CourseFields}, summary="Change, archive or restore a course", tags=TAGS
)
@inject
async def patch_course(
    request: Request[Any, Any, Any],
    principal: Caller,
    course_id: CourseId,
    data: JSONBody[dict[str, Any]],
    use_case: FromDishka[ChangeCourse],
) -> Response[Course]:
    check = if_match(request)

    def change(course: Course) -> Course:
        check(course)
        return patched(course, CourseFields, data)

    return tagged(request, await use_case(principal, course_id, change))


@delete("/courses/{courseId:str}", summary="Archive a course, or delete it for good", tags=TAGS)
@inject
async def delete_course(
    request: Request[Any, Any, Any],
    principal: Caller,
    course_id: CourseId,
    archive: FromDishka[ArchiveCourse],
    delete_for_good: FromDishka[DeleteCourse],
    permanent: Annotated[bool, QueryParameter(description="With its modules, files and lessons.")] = False,
) -> None:
    if permanent:
        await delete_for_good(principal, course_id, if_match(request))
    else:
        await archive(principal, course_id, if_match(request))


@get("/courses/{courseId:str}/modules", summary="The modules of a course, by position", tags=TAGS)
@inject
async def list_modules(
    principal: Caller,
    course_id: CourseId,
    use_case: FromDishka[ListModules],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ModuleList:
    found = await use_case(principal, course_id, MODULES.page(limit, cursor, course_id))
    items, after = MODULES.cut(found, limit, course_id)
    return ModuleList(items=items, next_cursor=after)


@post("/courses/{courseId:str}/modules", opt=IDEMPOTENT, summary="Add a module at the end of a course", tags=TAGS)
@inject
async def create_module(
    request: Request[Any, Any, Any],
    principal: Caller,
    course_id: CourseId,
    data: JSONBody[NewModule],
    use_case: FromDishka[CreateModule],
) -> Response[Module]:
    once = await once_of(request)
    module = await use_case(principal, course_id, data.title, description=data.description, once=once)
    return told(once, tagged(request, module, status=201, headers={"Location": f"/api/v1/modules/{module.id}"}))


@get("/modules/{moduleId:str}", summary="A module", tags=TAGS)
@inject
async def get_module(
    request: Request[Any, Any, Any], principal: Caller, module_id: ModuleId, use_case: FromDishka[GetModule]
) -> Response[Module]:
    return tagged(request, await use_case(principal, module_id))


@patch("/modules/{moduleId:str}", opt={"patches": ModuleFields}, summary="Change or move a module", tags=TAGS)
@inject
async def patch_module(
    request: Request[Any, Any, Any],
    principal: Caller,
    module_id: ModuleId,
    data: JSONBody[dict[str, Any]],
    use_case: FromDishka[ChangeModule],
) -> Response[Module]:
    check = if_match(request)

    def change(module: Module) -> Module:
        check(module)
        return patched(module, ModuleFields, data)

    return tagged(request, await use_case(principal, module_id, change))


@delete("/modules/{moduleId:str}", summary="Delete a module with its files", tags=TAGS)
@inject
async def delete_module(
    request: Request[Any, Any, Any], principal: Caller, module_id: ModuleId, use_case: FromDishka[DeleteModule]
) -> None:
    await use_case(principal, module_id, if_match(request))


HANDLERS = [
    list_courses,
    create_course,
    get_course,
    patch_course,
    delete_course,
    list_modules,
    create_module,
    get_module,
    patch_module,
    delete_module,
]
