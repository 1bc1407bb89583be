"""The public keys of an identity provider: fetched seldom, whatever is asked for, and kept while it is away."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

log = structlog.get_logger(__name__)

#: The one algorithm of each kind of key: it is the key that decides, never the token.
ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
SMALLEST_RSA_BITS, CURVE = 2048, "secp256r1"
#: Seconds after which keys are fetched again, while the old ones are in use; seconds from one fetch to the next,
#: whatever became of it; seconds that one may take.
FRESH_SECONDS, PAUSE_SECONDS, FETCH_SECONDS = 600.0, 30.0, 5.0
LARGEST_SET, MOST_KEYS = 64 * 1024, 50


class RemoteKeys:
    """By key id. A key that is not known is worth one fetch, of which there is at most one in ``PAUSE_SECONDS``."""

    def __init__(self, client: httpx.AsyncClient, url: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client, self._url, self._now = client, url, now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    @property
    def seen(self) -> bool:
        """Whether they were ever fetched."""
        return self._fetched_at is not None

    async def get(self, key_id: str) -> jwt.PyJWK | None:
        key = self._keys.get(key_id)
        if key is None:
            fetching = self._begin()
            if fetching is not None:
                await asyncio.shield(fetching)
            return self._keys.get(key_id)
        if self._fetched_at is None or self._now() - self._fetched_at >= FRESH_SECONDS:
            self._begin()
        return key

    async def aclose(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _begin(self) -> asyncio.Task[None] | None:
        """The fetch that is under way, or a new one where it is time for that."""
        if self._fetching is None and (self._tried_at is None or self._now() - self._tried_at >= PAUSE_SECONDS):
            self._tried_at = self._now()
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                body = await self._body()
            self._keys = dict(_usable(msgspec.json.decode(body)))
            self._fetched_at = self._now()
            log.info("identity_provider.keys_fetched", keys=len(self._keys))
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError) as error:
            log.warning("identity_provider.keys_unavailable", reason=str(error) or type(error).__name__)
        finally:
            self._fetching = None

    async def _body(self) -> bytes:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        body = b""
        async with self._client.stream("GET", self._url, headers=headers) as reply:
            if reply.status_code != httpx.codes.OK:
                raise ValueError(f"status {reply.status_code}")
            async for piece in reply.aiter_raw():
                body += piece
                if len(body) > LARGEST_SET:
                    raise ValueError(f"more than {LARGEST_SET} bytes")
        return body


def _usable(key_set: Any) -> Iterator[tuple[str, jwt.PyJWK]]:
    """Public keys to verify with that have an id; all others are left out, symmetric ones first of all."""
    if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
        raise ValueError("no set of keys")
    for described in key_set["keys"][:MOST_KEYS]:
        if not isinstance(described, dict) or not isinstance(described.get("kid"), str):
            continue
        algorithm = ALGORITHMS.get(str(described.get("kty")))
        if algorithm is None or described.get("alg", algorithm) != algorithm or described.get("use", "sig") != "sig":
            continue
        try:
            key = jwt.PyJWK(described, algorithm)
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if _strong(key.key):
            yield described["kid"], key


def _strong(key: Any) -> bool:
    match key:
        case RSAPublicKey():
            return key.key_size >= SMALLEST_RSA_BITS
        case EllipticCurvePublicKey():
            return key.curve.name == CURVE
    return False
