"""What one process counts by itself while Redis is away: enough that nobody runs away with it, and nothing exact."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from time import monotonic
from uuid import UUID

from learnx.domain.rate_limits import WORTH_TRYING, Draw, Quota, Standing

#: Subjects that are remembered; beyond them whoever was quiet longest has all free again.
MOST = 100_000


class LocalLimits:
    """Rates as Redis has them, for those who ask here, and what is held here. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._free: OrderedDict[Draw, float] = OrderedDict()
        self._held: defaultdict[Draw, set[UUID]] = defaultdict(set)

    def draw(self, draws: Sequence[Draw], event: UUID) -> tuple[Standing, ...]:
        """One of each or of none. Windows are not counted here: nothing is drawn from them."""
        counted = [draw for draw in draws if draw.quota.kind != "window"]
        now = self._clock()
        standings = tuple(self._rate(draw, now) if draw.quota.kind == "rate" else self._hold(draw) for draw in counted)
        if not any(standing.refused for standing in standings):
            for draw in counted:
                if draw.quota.kind == "rate":
                    self._free[draw] = max(self._free.pop(draw, 0.0), now) + _step(draw.quota)
            self.hold(draws, event)
        while len(self._free) > MOST:
            self._free.popitem(last=False)
        return standings

    def hold(self, draws: Sequence[Draw], event: UUID) -> None:
        """What of these is held is held here."""
        for draw in draws:
            if draw.quota.kind == "held":
                self._held[draw].add(event)

    def release(self, draws: Sequence[Draw], event: UUID) -> None:
        for draw in draws:
            if draw in self._held:
                self._held[draw].discard(event)
                if not self._held[draw]:
                    del self._held[draw]

    @property
    def held(self) -> list[tuple[Draw, UUID]]:
        return [(draw, event) for draw, events in self._held.items() for event in events]

    def _rate(self, draw: Draw, now: float) -> Standing:
        step, quota = _step(draw.quota), draw.quota
        used = max(self._free.get(draw, 0.0), now) + step - now
        wait = used - quota.seconds
        if wait > 1e-6:  # a sum of steps is not exactly what was multiplied
            return Standing(quota=quota, remaining=0, more_in=wait, wait=wait)
        left = int((quota.seconds - used) / step + 1e-6)
        return Standing(quota=quota, remaining=left, more_in=used - quota.seconds + (left + 1) * step)

    def _hold(self, draw: Draw) -> Standing:
        used = len(self._held[draw]) if draw in self._held else 0
        if used >= draw.quota.amount:
            return Standing(quota=draw.quota, remaining=0, more_in=WORTH_TRYING, wait=WORTH_TRYING)
        return Standing(quota=draw.quota, remaining=draw.quota.amount - used - 1, more_in=WORTH_TRYING)


def _step(quota: Quota) -> float:
    return quota.seconds / quota.amount
