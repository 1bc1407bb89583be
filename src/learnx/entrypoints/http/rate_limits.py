"""The door: how often and how much at once somebody may come in, by who it is or from where, and what is told of it."""

import asyncio
import hashlib
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast, get_args
from uuid import UUID

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from learnx.application.ports.rate_limiter import RateLimiter
from learnx.application.rate_limits import OwnQuotas, check, tell, told
from learnx.domain.identity import email_key
from learnx.domain.rate_limits import (
    Draw,
    SpendingZone,
    Standing,
    StrangerLimits,
    StrangerZone,
    stranger_quotas,
)
from learnx.entrypoints.http.client_address import client_address
from learnx.entrypoints.http.methods import STREAMS
from learnx.entrypoints.http.sse import MEDIA_TYPE
from learnx.settings import Settings, signing_key

#: In the state of a request: the standings that its reply tells, by zone; what it holds; what it has drawn already.
STANDINGS, HELD, DREW = "learnx_standings", "learnx_held", "learnx_drew"
SPENDING: tuple[str, ...] = get_args(SpendingZone)
Held = tuple[list[Draw], UUID]


@dataclass(frozen=True, slots=True)
class Door:
    """``key`` hides whose address or e-mail is counted from who can read Redis."""

    limiter: RateLimiter
    own: OwnQuotas
    strangers: StrangerLimits
    trusted_proxies: int
    key: bytes

    @classmethod
    async def of(cls, app: Litestar) -> "Door":
        """Of this application; put together at first use."""
        door: Door | None = app.state.get("door")
        if door is None:
            container = app.state.dishka_container
            settings = await container.get(Settings)
            door = app.state["door"] = cls(
                limiter=await container.get(RateLimiter),
                own=await container.get(OwnQuotas),
                strangers=await container.get(StrangerLimits),
                trusted_proxies=settings.trusted_proxies,
                key=hashlib.sha256(signing_key(settings).reveal().encode()).digest(),
            )
        return door

    async def user(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """One of the plan's requests, and a stream where one is asked for; what would spend is looked at."""
        subject = str(connection.scope["auth"].user_id)
        quotas = await self.own(connection.scope["auth"].user_id)
        if not quotas:
            return
        heard = hears(connection.scope)
        drew: Standing | None = connection.scope["state"].get(DREW)
        if drew is not None:
            check([drew])
        zones = ["requests"] if drew is None else []
        if not STREAMS.isdisjoint(handler.opt) and _streams(connection):
            zones.append("streams")
        draws = [Draw(subject=subject, quota=quotas[zone]) for zone in zones if zone in quotas]
        spends = handler.opt.get("zone")
        looks = [Draw(subject=subject, quota=quotas[spends])] if spends in SPENDING and spends in quotas else []
        if not draws and not looks:
            return
        event = uuid7()
        standings = await self.limiter.draw(draws, event=event, looks=looks)
        heard.update((standing.quota.zone, standing) for standing in standings)
        check(standings[: len(draws)])
        held = [draw for draw in draws if draw.quota.kind == "held"]
        if held:
            connection.scope["state"][HELD] = held, event

    async def stranger(self, connection: ASGIConnection[Any, Any, Any, Any], zone: StrangerZone | None = None) -> None:
        """One of the address's requests; in a zone one of its attempts there, and of the e-mail's where one is given,
        known or not."""
        hears(connection.scope)
        address = self._hidden(client_address(connection.scope, self.trusted_proxies))
        every, _ = stranger_quotas(self.strangers, "strangers")
        await self._draw([Draw(subject=address, quota=every)])
        if zone is None:
            return
        by_address, by_email = stranger_quotas(self.strangers, zone)
        draws = [Draw(subject=address, quota=by_address)]
        email = getattr(await cast("Request[Any, Any, Any]", connection).json(), "email", None) if by_email else None
        if by_email is not None and email is not None:
            draws.append(Draw(subject=self._hidden(email_key(email)), quota=by_email))
        await self._draw(draws, exactly=True)

    async def _draw(self, draws: list[Draw], *, exactly: bool = False) -> None:
        standings = await self.limiter.draw(draws, event=uuid7(), exactly=exactly)
        tell(standings)
        check(standings)

    def _hidden(self, text: str) -> str:
        return hashlib.blake2b(text.encode(), key=self.key, digest_size=16).hexdigest()


class ToldLimits:
    """Replies say how the quotas stand; what a request held is given back once it is over, however it ends."""

    def __init__(self, app: ASGIApp, of: Litestar) -> None:
        self._app, self._of = app, of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *limit_headers(standings(scope))]
                _request_state(scope).get(STANDINGS, {}).clear()  # a stream stays open for long
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            held: Held | None = _request_state(scope).pop(HELD, None)
            if held is not None:
                door = await Door.of(self._of)
                await asyncio.shield(door.limiter.give_back(held[0], event=held[1]))


def hears(scope: Scope) -> dict[str, Standing]:
    """What is told of the quotas of this request from here on, by whomever it calls."""
    heard: dict[str, Standing] = _request_state(scope).setdefault(STANDINGS, {})
    told.set(heard)
    return heard


def has_drawn(scope: Scope, standing: Standing) -> None:
    """In front of the door."""
    state = _request_state(scope)
    state[DREW], state[STANDINGS] = standing, {standing.quota.zone: standing}


def standings(scope: Scope) -> Collection[Standing]:
    """What the reply to a request says of its limits."""
    heard: dict[str, Standing] = _request_state(scope).get(STANDINGS, {})
    return heard.values()


def _request_state(scope: Scope) -> dict[str, Any]:
    state: dict[str, Any] = scope.setdefault("state", {})
    return state


def limit_headers(standings: Collection[Standing]) -> list[tuple[bytes, bytes]]:
    """As draft-ietf-httpapi-ratelimit-headers-10 has them; none where nothing is limited."""
    if not standings:
        return []
    return [
        (b"ratelimit-policy", ", ".join(map(_policy, standings)).encode()),
        (b"ratelimit", ", ".join(map(_state, standings)).encode()),
    ]


def _policy(standing: Standing) -> str:
    quota = standing.quota
    if quota.kind == "held":
        return f'"{quota.zone}";q={quota.amount};qu="concurrent-requests"'
    return f'"{quota.zone}";q={quota.amount};w={quota.seconds}'


def _state(standing: Standing) -> str:
    return f'"{standing.quota.zone}";r={standing.remaining};t={math.ceil(standing.more_in)}'


def _streams(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    request = cast("Request[Any, Any, Any]", connection)
    return request.method == "GET" or request.accept.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE
