"""Identity at full size: ``python -m benchmarks.soak_identity`` ends in one table."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from multiprocessing import get_context

import httpx
import jwt
from benchmarks.report import Figure, table
from tests.bad_weather.service import Service, own_servers, running_service
from tests.entrypoints.http.conftest import PASSWORD, Learner, sign_up
from tests.fakes.identity_provider import IdentityProvider, identity_provider
from tests.fakes.model_server import Script
from tests.security.forgeries import EC_KEY

from learnx.adapters.supabase_keys import PAUSE_SECONDS

APIS = 4
FAMILIES, REFRESHES = 40, 50
UNKNOWN_KEYS, AT_ONCE = 20_000, 100
LOGINS = 500
READ_WITHIN = 0.3
"""Seconds; of the 99th of a hundred reads of an account while others log in."""
MEMORY = 200.0
"""MiB that a burst of log-ins may cost one server."""

#: As many as this asks for, from one address.
STRANGERS = """
[unlimited]
[strangers]
requests_per_minute = 1000000
logins_per_hour = 1000000
logins_per_hour_by_email = 1000000
registrations_per_hour = 1000000
refreshes_per_hour = 1000000
"""


async def identity() -> list[Figure]:
    """Four API servers: families that are refreshed by many at once, a burst of log-ins, and ids of keys made up."""
    async with _service() as (service, clients):
        for _ in range(FAMILIES):
            await _one_family(await sign_up(clients[0]), clients)
        logins, reads, grown = await _burst(service, await sign_up(clients[0]), clients)
    async with identity_provider() as provider:
        supabase = {"LEARNX_AUTH_PROVIDER": "supabase", "LEARNX_SUPABASE_URL": provider.address}
        async with _service(supabase) as (_, clients):
            seconds = await _unknown_keys(provider, clients)
    allowed = APIS * (1 + seconds // PAUSE_SECONDS)
    slow = reads[round(len(reads) * 0.99) - 1]
    return [
        _figure(f"{FAMILIES} families of {REFRESHES} refreshes at once that lived and died as they should",
                FAMILIES, "", str(FAMILIES), True),
        _figure(f"{LOGINS} log-ins at once: {logins[200]} let in, the others 503; p99 of reads meanwhile",
                1000 * slow, "ms", f"≤ {1000 * READ_WITHIN:.0f} ms", slow <= READ_WITHIN),
        _figure("memory that they cost one server", grown, "MiB", f"≤ {MEMORY:.0f} MiB", grown <= MEMORY),
        _figure(f"{UNKNOWN_KEYS} unknown keys in {seconds:.0f} s: all 401; looks at the provider",
                provider.fetches, "", f"≤ {allowed:.0f}", provider.fetches <= allowed),
    ]  # fmt: skip


@asynccontextmanager
async def _service(settings: dict[str, str] | None = None) -> AsyncIterator[tuple[Service, list[httpx.AsyncClient]]]:
    with own_servers() as (folder, servers):
        plans = folder / "plans.toml"
        plans.write_text(STRANGERS)
        every = {"LEARNX_PLANS": str(plans)} | (settings or {})
        async with (
            running_service(folder, servers, Script(), apis=APIS, settings=every) as service,
            AsyncExitStack() as stack,
        ):
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
            yield (
                service,
                [
                    await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=300, limits=limits))
                    for url in service.urls
                ],
            )


async def _one_family(learner: Learner, clients: list[httpx.AsyncClient]) -> None:
    async def refreshed(number: int, token: str) -> httpx.Response:
        return await clients[number % APIS].post("/api/v1/auth/refresh", json={"refreshToken": token})

    first = learner.tokens["refreshToken"]
    replies = await asyncio.gather(*(refreshed(number, first) for number in range(REFRESHES)))
    statuses = Counter(reply.status_code for reply in replies)
    assert statuses == {200: REFRESHES}, (statuses, {reply.text for reply in replies if not reply.is_success})
    (child,) = {reply.json()["tokens"]["refreshToken"] for reply in replies}
    grandchild = (await refreshed(0, child)).json()["tokens"]["refreshToken"]
    assert [(await refreshed(number, first)).status_code for number in range(APIS)] == [401] * APIS
    assert (await refreshed(1, grandchild)).status_code == 401


async def _burst(
    service: Service, learner: Learner, clients: list[httpx.AsyncClient]
) -> tuple[Counter[int], list[float], float]:
    """Statuses of the log-ins; seconds of a hundred reads beside them, sorted; MiB that one server grew by at most."""
    before = [api.process.memory_info().rss for api in service.apis]
    credentials = {"email": learner.email, "password": PASSWORD}
    burst = asyncio.gather(
        *(clients[number % APIS].post("/api/v1/auth/login", json=credentials) for number in range(LOGINS))
    )
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:  # this process is busy with the burst
        reading = asyncio.get_running_loop().run_in_executor(
            elsewhere, _reads, service.urls, str(learner.tokens["accessToken"])
        )
        statuses = Counter(reply.status_code for reply in await burst)
        reads = await reading
    assert statuses[200] and set(statuses) <= {200, 503}, statuses
    after = [api.process.memory_info().rss for api in service.apis]
    return statuses, sorted(reads), max(now - then for now, then in zip(after, before, strict=True)) / 2**20


def _reads(urls: list[str], token: str) -> list[float]:
    """Seconds of a hundred, one after the other; connecting is not counted."""
    seconds = []
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(base_url=url, timeout=60)) for url in urls]
        for number in range(100 + len(clients)):
            started = time.perf_counter()
            reply = clients[number % APIS].get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
            assert reply.status_code == 200
            seconds.append(time.perf_counter() - started)
    return seconds[len(clients) :]


async def _unknown_keys(provider: IdentityProvider, clients: list[httpx.AsyncClient]) -> float:
    """The seconds that it took."""
    good = {"Authorization": f"Bearer {provider.token(provider.new_key())}"}
    for client in clients:
        assert (await client.get("/api/v1/me", headers=good)).status_code == 200
    claims, started = provider.claims(), time.monotonic()

    async def status(number: int) -> int:
        token = jwt.encode(claims, EC_KEY, "ES256", headers={"kid": str(number)})
        headers = {"Authorization": f"Bearer {token}"}
        return (await clients[number % APIS].get("/api/v1/me", headers=headers)).status_code

    for first in range(0, UNKNOWN_KEYS, AT_ONCE):
        assert set(await asyncio.gather(*(status(first + number) for number in range(AT_ONCE)))) == {401}
    return time.monotonic() - started


def _figure(name: str, measured: float, unit: str, target: str, ok: bool) -> Figure:
    return Figure(name=name, measured=measured, unit=unit, target=target, ok=ok)


if __name__ == "__main__":
    print(table(asyncio.run(identity())))
