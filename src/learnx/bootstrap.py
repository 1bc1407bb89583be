"""The one place that names adapters, so that all else depends on ports alone: one factory a port.

Heavy vendors are imported inside their factory: what a process never asks for, it never loads.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import unquote, urlsplit
from uuid import UUID

from dishka import AsyncContainer, Provider, Scope, from_context, make_async_container, provide, provide_all
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.embeddings import WordLlamaEmbedder
from learnx.adapters.file_progress import RedisProgressFeed
from learnx.adapters.generations import InProcessGenerations
from learnx.adapters.job_queue import BLOCKING_READ, PatientQueue, SaqJobQueue, SaqJobReceiver
from learnx.adapters.litellm_calls import Patience
from learnx.adapters.llm.model_table import TokenPrices
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.due_jobs import PostgresDueJobs
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.tokens import Argon2PasswordHasher, HmacChildTokens, JwtAccessTokens, JwtLinkSigner
from learnx.application import courses, files, identity, lessons, personas
from learnx.application.file_events import WatchFile
from learnx.application.ingestion import OfferDueJobs, ProcessFile, WorkFolder
from learnx.application.personalization import PersonalizeFile, WriteLesson
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.embeddings import Embedder, TokenCounter
from learnx.application.ports.extraction import Extractor
from learnx.application.ports.file_progress import ProgressFeed
from learnx.application.ports.generations import Generations
from learnx.application.ports.job_queue import JobQueue, JobReceiver
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.readiness import Dependencies
from learnx.application.ports.repositories import Accounts, Database, DueJobs
from learnx.application.ports.tokens import AccessTokens, ChildTokens, LinkSigner, PasswordHasher
from learnx.application.readiness import CheckReadiness
from learnx.application.uploads import UploadFile
from learnx.settings import Secret, Settings, signing_key

#: Seconds that one command to Redis may take.
REDIS_TIMEOUT = 2.0

#: Seconds after which what a killed process was writing is nobody's any more.
ABANDONED_AFTER = 3_600.0


class Sources(Provider):
    """Time and ids, which the inner layers take as arguments."""

    scope = Scope.APP

    @provide
    def clock(self) -> Callable[[], datetime]:
        return lambda: datetime.now(UTC)

    @provide
    def new_id(self) -> Callable[[], UUID]:
        return uuid7

    @provide
    def new_token(self) -> Callable[[], str]:
        """256 bits of the system's randomness."""
        return lambda: token_urlsafe(32)


class Transport(Provider):
    """What goes through Redis: nothing that would be missed after a restart of it."""

    scope = Scope.APP

    @provide
    async def redis(self, settings: Settings) -> AsyncIterator[Redis]:
        async with open_redis(settings, timeout=REDIS_TIMEOUT) as redis:
            yield redis

    @provide
    def job_queue(self, redis: Redis) -> JobQueue:
        return SaqJobQueue(PatientQueue(redis))

    @provide
    async def job_receiver(self, settings: Settings) -> AsyncIterator[JobReceiver]:
        # A client of its own: a blocking read ends by itself before the client gives it up.
        async with open_redis(settings, timeout=BLOCKING_READ + REDIS_TIMEOUT) as redis:
            yield SaqJobReceiver(PatientQueue(redis), concurrency=settings.worker_concurrency)

    @provide
    def progress_feed(self, redis: Redis) -> ProgressFeed:
        return RedisProgressFeed(redis)


class Storage(Provider):
    scope = Scope.APP

    @provide
    async def engine(self, settings: Settings) -> AsyncIterator[AsyncEngine]:
        if settings.database_url is None:
            raise ValueError("the address of Postgres is not known yet")
        engine = open_engine(settings.database_url.reveal())
        yield engine
        await engine.dispose()

    @provide
    def database(self, engine: AsyncEngine) -> Database:
        return PostgresDatabase(engine)

    @provide
    def accounts(self, engine: AsyncEngine) -> Accounts:
        return PostgresAccounts(engine)

    @provide
    def due_jobs(self, engine: AsyncEngine) -> DueJobs:
        return PostgresDueJobs(engine)

    @provide
    async def blob_store(self, settings: Settings, clock: Callable[[], datetime]) -> BlobStore:
        url = urlsplit(settings.storage_url or "")
        if url.scheme == "s3":
            from learnx.adapters.blob_store.s3 import S3BlobStore

            return S3BlobStore(url.netloc, url.path.strip("/"), endpoint=settings.s3_endpoint, clock=clock)
        folder = Path(unquote(url.path)) if url.scheme == "file" else settings.data_dir / "blobs"
        store = FileBlobStore(folder)
        await store.remove_abandoned(older_than_seconds=ABANDONED_AFTER)
        return store


class Documents(Provider):
    """What reads documents and makes them searchable."""

    scope = Scope.APP

    @provide
    def embedder(self, settings: Settings) -> Embedder:
        if settings.embedding_model == "wordllama":
            return WordLlamaEmbedder()
        from learnx.adapters.embeddings.litellm import LiteLlmEmbedder

        if settings.embedding_dimensions is None:
            raise ValueError("the dimensions of the embedding model are not known")
        return LiteLlmEmbedder(
            name=settings.embedding_model,
            dimensions=settings.embedding_dimensions,
            api_base=settings.embedding_api_base,
            api_key=revealed(settings.embedding_api_key),
            patience=patience(settings),
        )

    @provide
    def token_counter(self) -> TokenCounter:
        """Chunks are of the same size for all embedders: so they need not be made anew when another one is chosen."""
        return WordLlamaEmbedder()

    @provide
    async def extractor(self, settings: Settings) -> AsyncIterator[Extractor]:
        """Its fork server warms up meanwhile."""
        from learnx.adapters.extraction.sandbox import SandboxedExtractor

        extractor = SandboxedExtractor(settings.pdf_extractor)
        extractor.start()
        yield extractor
        await extractor.aclose()

    @provide
    def work_folder(self, settings: Settings) -> WorkFolder:
        return WorkFolder(settings.data_dir / "work")

    process_file = provide(ProcessFile)
    offer_due_jobs = provide(OfferDueJobs)


class Identity(Provider):
    """Accounts, sessions and what proves them."""

    scope = Scope.APP

    @provide
    def passwords(self) -> Iterator[PasswordHasher]:
        hasher = Argon2PasswordHasher()
        yield hasher
        hasher.close()

    @provide
    def access_tokens(self, settings: Settings, clock: Callable[[], datetime]) -> AccessTokens:
        return JwtAccessTokens(signing_key(settings).reveal(), clock)

    @provide
    def child_tokens(self, settings: Settings) -> ChildTokens:
        return HmacChildTokens(signing_key(settings).reveal())

    @provide
    def links(self, settings: Settings, clock: Callable[[], datetime]) -> LinkSigner:
        return JwtLinkSigner(signing_key(settings).reveal(), clock)

    use_cases = provide_all(
        identity.StartSession,
        identity.Register,
        identity.Login,
        identity.Refresh,
        identity.Logout,
        identity.LogoutEverywhere,
        identity.Authenticate,
        identity.GetUser,
        identity.UpdateUser,
        identity.EraseUser,
        personas.GetPersona,
        personas.PutPersona,
        personas.PatchPersona,
        personas.PersonaHistory,
    )


class Library(Provider):
    """Courses, modules, files and their passages."""

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
    ) -> UploadFile:
        return UploadFile(database, blobs, queue, clock, new_id, settings.max_upload_bytes)

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
        WatchFile,
    )


class Lessons(Provider):
    """What turns a file's passages into a lesson for its reader."""

    scope = Scope.APP

    @provide
    async def language_model(self, settings: Settings) -> AsyncIterator[LanguageModel]:
        if settings.llm_model == "offline":
            from learnx.adapters.llm.offline import OfflineLanguageModel

            yield OfflineLanguageModel()
            return
        from learnx.adapters.llm.litellm import LiteLlmLanguageModel

        model = LiteLlmLanguageModel(
            settings.llm_model,
            api_base=settings.llm_api_base,
            api_key=revealed(settings.llm_api_key),
            context_tokens=settings.llm_context_tokens,
            prices=token_prices(settings, settings.llm_model),
            patience=patience(settings),
        )
        yield model
        await model.aclose()

    @provide
    async def generations(self, settings: Settings) -> AsyncIterator[Generations]:
        generations = InProcessGenerations(log_ttl_seconds=settings.generation_log_ttl)
        yield generations
        await generations.aclose()

    use_cases = provide_all(
        PersonalizeFile,
        WriteLesson,
        lessons.FollowGeneration,
        lessons.GetLesson,
        lessons.ListLessons,
        lessons.DeleteLesson,
    )


class Operations(Provider):
    scope = Scope.APP

    @provide
    def dependencies(self, engine: AsyncEngine, redis: Redis) -> Dependencies:
        from learnx.adapters.readiness import ServerDependencies

        return ServerDependencies(engine, redis)

    check_readiness = provide(CheckReadiness)


class Environment(Provider):
    scope = Scope.APP
    settings = from_context(Settings)


def make_container(settings: Settings) -> AsyncContainer:
    """Everything a process needs, made at first use and closed by ``close()``."""
    return make_async_container(
        Environment(),
        Sources(),
        Transport(),
        Storage(),
        Documents(),
        Identity(),
        Library(),
        Lessons(),
        Operations(),
        context={Settings: settings},
    )


def open_redis(settings: Settings, *, timeout: float) -> Redis:
    """One retry, at once, for a connection that the server has closed meanwhile; beyond that, callers decide."""
    if settings.redis_url is None:
        raise ValueError("the address of Redis is not known yet")
    return Redis.from_url(
        settings.redis_url.reveal(),
        socket_timeout=timeout,
        socket_connect_timeout=REDIS_TIMEOUT,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )


def patience(settings: Settings) -> Patience:
    """How long providers are waited for, and how often they are asked again."""
    return Patience(
        connect=settings.llm_connect_timeout,
        first_token=settings.llm_first_token_timeout,
        token=settings.llm_token_timeout,
        retries=settings.llm_retries,
    )


def token_prices(settings: Settings, model: str) -> TokenPrices | None:
    """As configured; None leaves it to LiteLLM's table."""
    for price in settings.llm_prices:
        if price.model == model:
            million = 1_000_000
            return TokenPrices(
                prompt=price.prompt / million, completion=price.completion / million, cached=price.cached / million
            )
    return None


def revealed(secret: Secret | None) -> str | None:
    return secret.reveal() if secret is not None else None


async def migrate(admin_url: str) -> None:
    """Bring the database to the newest revision; several at once wait for each other. Unreachable: ``Unavailable``."""
    from learnx.adapters.postgres.migration import migrate as upgrade

    await upgrade(admin_url)


async def role_faults(url: str) -> list[str]:
    """A sentence for each reason why row-level security would not hold this log-in. Unreachable: ``Unavailable``."""
    from learnx.adapters.postgres.roles import role_faults as faults_of

    engine = open_engine(url, pool_size=1, vectors=False)
    try:
        return await faults_of(engine)
    finally:
        await engine.dispose()


async def stored_embedding_models(admin_url: str) -> dict[str, int]:
    """How many chunks each embedding model has made, for a log-in that is, or may become, the owner."""
    from learnx.adapters.postgres.embedding_models import stored_embedding_models as counted
    from learnx.adapters.postgres.migration import OWNER_ROLE

    engine = open_engine(admin_url, role=OWNER_ROLE, pool_size=1, vectors=False)
    try:
        return await counted(engine)
    finally:
        await engine.dispose()
