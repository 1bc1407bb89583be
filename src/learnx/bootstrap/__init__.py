"""The one place that names adapters, so that all else depends on ports alone: one factory a port.

Heavy vendors are imported inside their factory: what a process never asks for, it never loads.
"""

from dishka import AsyncContainer, make_async_container

from learnx.bootstrap.caching import Caching
from learnx.bootstrap.documents import Documents, embedder_faults
from learnx.bootstrap.identity import Identity
from learnx.bootstrap.leaving import Leaving
from learnx.bootstrap.lessons import Lessons
from learnx.bootstrap.library import Library
from learnx.bootstrap.limits import Limits
from learnx.bootstrap.mails import Mails
from learnx.bootstrap.operations import Operations, migrate, role_faults, stored_embedding_models
from learnx.bootstrap.questions import Questions
from learnx.bootstrap.sources import Sources
from learnx.bootstrap.spending import Spending, budget_faults
from learnx.bootstrap.storage import Storage
from learnx.bootstrap.summaries import Summaries
from learnx.bootstrap.tickets import Tickets
from learnx.bootstrap.transport import Transport
from learnx.settings import Settings

__all__ = ["budget_faults", "embedder_faults", "make_container", "migrate", "role_faults", "stored_embedding_models"]


def make_container(settings: Settings) -> AsyncContainer:
    """Everything a process needs, made at first use and closed by ``close()``."""
    return make_async_container(
        Sources(),
        Transport(),
        Caching(),
        Storage(),
        Documents(),
        Identity(),
        Mails(),
        Leaving(),
        Tickets(),
        Library(),
        Lessons(),
        Questions(),
        Summaries(),
        Spending(),
        Limits(),
        Operations(),
        context={Settings: settings},
    )
