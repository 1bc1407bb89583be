"""A learner's library of courses and modules: kept, put in order, archived and deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from learnx.application.generations import stop_generations
from learnx.application.idempotency import Once, keep, recall
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.cache import Cache, course_tag
from learnx.application.ports.database import Database
from learnx.application.ports.generations import Generations
from learnx.application.ports.paging import Page
from learnx.domain.courses import Course, Module
from learnx.domain.identity import Principal


def accept(current: object) -> None:
    """The check that refuses nothing."""


@dataclass(frozen=True, slots=True)
class CreateCourse:
    database: Database
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self,
        principal: Principal,
        title: str,
        *,
        description: str = "",
        color: str | None = None,
        icon: str | None = None,
        once: Once | None = None,
    ) -> Course:
        now = self.clock()
        course = Course(
            id=self.new_id(),
            title=title,
            description=description,
            color=color,
            icon=icon,
            created_at=now,
            updated_at=now,
        )
        async with self.database.transaction(principal.user_id) as tx:
            made: Course | None = await recall(tx, once, Course, now)
            if made is not None:
                return made
            await tx.courses.add(course)
            await keep(tx, once, course, now)
            await tx.commit()
        return course


@dataclass(frozen=True, slots=True)
class ListCourses:
    database: Database

    async def __call__(self, principal: Principal, page: Page, *, archived: bool = False) -> list[Course]:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.courses.page(page, archived=archived)


@dataclass(frozen=True, slots=True)
class GetCourse:
    database: Database

    async def __call__(self, principal: Principal, course_id: UUID) -> Course:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.courses.get(course_id)


@dataclass(frozen=True, slots=True)
class ChangeCourse:
    """``change`` makes the new value of the current one, and may refuse by raising."""

    database: Database
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal, course_id: UUID, change: Callable[[Course], Course]) -> Course:
        async with self.database.transaction(principal.user_id) as tx:
            current = await tx.courses.get(course_id)
            changed = change(current)
            if changed == current:
                return current
            changed = msgspec.structs.replace(changed, updated_at=self.clock())
            await tx.courses.update(changed)
            await tx.commit()
            return changed


@dataclass(frozen=True, slots=True)
class ArchiveCourse:
    """Takes a course out of lists and searches, and keeps all of it; archiving twice is fine."""

    change: ChangeCourse

    async def __call__(
        self, principal: Principal, course_id: UUID, check: Callable[[Course], object] = accept
    ) -> Course:
        def archived(course: Course) -> Course:
            check(course)
            return msgspec.structs.replace(course, archived=True)

        return await self.change(principal, course_id, archived)


@dataclass(frozen=True, slots=True)
class DeleteCourse:
    """A course with its modules, files and their bytes, for good."""

    database: Database
    blobs: BlobStore
    cache: Cache
    generations: Generations

    async def __call__(self, principal: Principal, course_id: UUID, check: Callable[[Course], object] = accept) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            check(await tx.courses.get(course_id))
            files = await tx.files.ids_in(course=course_id)
            await tx.answers.delete_citing(files)
            await tx.summaries.delete_citing(files)
            await tx.courses.delete(course_id)
            async with self.cache.changing(course_tag(principal.user_id, course_id)):
                await tx.commit()
        await stop_generations(self.generations, principal.user_id, set(files))
        for file in files:
            await self.blobs.delete(f"{principal.user_id}/{file}")


@dataclass(frozen=True, slots=True)
class CreateModule:
    """At the end of its course."""

    database: Database
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self, principal: Principal, course_id: UUID, title: str, *, description: str = "", once: Once | None = None
    ) -> Module:
        now = self.clock()
        async with self.database.transaction(principal.user_id) as tx:
            made: Module | None = await recall(tx, once, Module, now)
            if made is not None:
                return made
            course = await tx.courses.get(course_id)
            module = Module(
                id=self.new_id(),
                course_id=course_id,
                title=title,
                description=description,
                position=course.module_count,
                created_at=now,
                updated_at=now,
            )
            await tx.modules.add(module)
            await keep(tx, once, module, now)
            await tx.commit()
            return module


@dataclass(frozen=True, slots=True)
class ListModules:
    database: Database

    async def __call__(self, principal: Principal, course_id: UUID, page: Page) -> list[Module]:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.courses.get(course_id)
            return await tx.modules.page(course_id, page)


@dataclass(frozen=True, slots=True)
class GetModule:
    database: Database

    async def __call__(self, principal: Principal, module_id: UUID) -> Module:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.modules.get(module_id)


@dataclass(frozen=True, slots=True)
class ChangeModule:
    """``change`` makes the new value of the current one, and may refuse by raising. A new position reorders the course;
    beyond its end means its end."""

    database: Database
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal, module_id: UUID, change: Callable[[Module], Module]) -> Module:
        async with self.database.transaction(principal.user_id) as tx:
            current = await tx.modules.get(module_id)
            changed = change(current)
            if changed == current:
                return current
            stamped = msgspec.structs.replace(changed, position=current.position, updated_at=self.clock())
            await tx.modules.update(stamped)
            if changed.position != current.position:
                await tx.modules.move(module_id, changed.position)
            result = await tx.modules.get(module_id)
            await tx.commit()
            return result


@dataclass(frozen=True, slots=True)
class DeleteModule:
    """A module with its files and their bytes, for good."""

    database: Database
    blobs: BlobStore
    cache: Cache
    generations: Generations

    async def __call__(self, principal: Principal, module_id: UUID, check: Callable[[Module], object] = accept) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            module = await tx.modules.get(module_id)
            check(module)
            files = await tx.files.ids_in(module=module_id)
            await tx.answers.delete_citing(files)
            await tx.summaries.delete_citing(files)
            await tx.modules.delete(module_id)
            async with self.cache.changing(course_tag(principal.user_id, module.course_id)):
                await tx.commit()
        await stop_generations(self.generations, principal.user_id, set(files))
        for file in files:
            await self.blobs.delete(f"{principal.user_id}/{file}")
