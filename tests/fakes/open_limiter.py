"""A limiter that lets everything pass and remembers what was drawn, and the admissions made with it."""

from collections.abc import Sequence
from uuid import UUID

from learnx.application.rate_limits import AdmitGeneration, AdmitUpload, Counted, OwnQuotas
from learnx.application.spending import ReserveSpend
from learnx.domain.rate_limits import Draw, Standing


class OpenLimiter:
    def __init__(self) -> None:
        self.drawn: list[tuple[str, UUID]] = []
        self.given_back: list[tuple[str, UUID]] = []

    async def draw(
        self, draws: Sequence[Draw], *, event: UUID, looks: Sequence[Draw] = (), exactly: bool = False
    ) -> tuple[Standing, ...]:
        self.drawn += [(draw.quota.zone, event) for draw in draws]
        return tuple(Standing(quota=draw.quota, remaining=draw.quota.amount, more_in=0) for draw in (*draws, *looks))

    async def give_back(self, draws: Sequence[Draw], *, event: UUID) -> None:
        self.given_back += [(draw.quota.zone, event) for draw in draws]


def admit_generation(reserve: ReserveSpend, limiter: OpenLimiter | None = None) -> AdmitGeneration:
    return AdmitGeneration(Counted(limiter or OpenLimiter(), OwnQuotas(reserve.database, reserve.budgets)), reserve)


def admit_upload(own: OwnQuotas, limiter: OpenLimiter | None = None) -> AdmitUpload:
    limiter = limiter or OpenLimiter()
    return AdmitUpload(limiter, own, Counted(limiter, own))
