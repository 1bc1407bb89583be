"""Courses, modules, files and their passages."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from dishka import Provider, Scope, provide, provide_all

from learnx.application import courses, files
from learnx.application.file_events import WatchFile
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.database import Database
from learnx.application.ports.job_queue import JobQueue
from learnx.application.rate_limits import AdmitUpload
from learnx.application.search import SearchLibrary
from learnx.application.uploads import UploadFile
from learnx.settings import Settings


class Library(Provider):
    scope = Scope.APP

    @provide
    def upload_file(
        self,
        database: Database,
        blobs: BlobStore,
        queue: JobQueue,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        settings: Settings,
        admit: AdmitUpload,
    ) -> UploadFile:
        return UploadFile(database, blobs, queue, clock, new_id, settings.max_upload_bytes, admit)

    use_cases = provide_all(
        courses.CreateCourse,
        courses.ListCourses,
        courses.GetCourse,
        courses.ChangeCourse,
        courses.ArchiveCourse,
        courses.DeleteCourse,
        courses.CreateModule,
        courses.ListModules,
        courses.GetModule,
        courses.ChangeModule,
        courses.DeleteModule,
        files.ListFiles,
        files.GetFile,
        files.PatchFile,
        files.DeleteFile,
        files.ReprocessFile,
        files.ListChunks,
        files.GetChunk,
        files.LinkToFile,
        files.OpenLink,
        SearchLibrary,
        WatchFile,
    )
