"""Says whether this server can be sent requests, so that a balancer need not find out by failing them."""

import asyncio
from dataclasses import dataclass

import structlog

from learnx.application.ports.readiness import Check, Dependencies
from learnx.domain.errors import LearnXError
from learnx.domain.values import Value

log = structlog.get_logger(__name__)

#: Seconds after which something that does not answer counts as down.
PATIENCE = 2.0


class Readiness(Value):
    """``degraded`` names what is down and can be done without, ``missing`` what can't."""

    ready: bool
    degraded: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReadiness:
    dependencies: Dependencies

    async def __call__(self) -> Readiness:
        missing, degraded = await asyncio.gather(
            _failing(self.dependencies.essential), _failing(self.dependencies.optional)
        )
        return Readiness(ready=not missing, degraded=degraded, missing=missing)


async def _failing(checks: dict[str, Check]) -> tuple[str, ...]:
    good = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
    return tuple(name for name, passes in zip(checks, good, strict=True) if not passes)


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except (LearnXError, TimeoutError) as error:
        log.warning("readiness.failed", dependency=name, reason=str(error) or type(error).__name__)
        return False
    return True
