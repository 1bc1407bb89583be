"""Bearer tokens and links by signed JWT: nothing of them has to be looked up to be verified."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from learnx.domain.errors import NotAuthenticated, NotFound
from learnx.domain.identity import Principal

ISSUER = "learnx"
ACCESS_AUDIENCE = "learnx-api"
LINK_AUDIENCE = "learnx-link"
ACCESS_LIFETIME_SECONDS = 15 * 60
#: Tokens that were verified are remembered for so long, the newest so many: about 700 bytes each.
VERIFIED_SECONDS, VERIFIED_TOKENS = 60.0, 10_000
#: Ours have some 300 characters.
LONGEST_TOKEN = 1_024

#: What a text that is no token makes PyJWT raise; JSON that is nested too deeply among it.
NO_TOKEN = (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)


class JwtAccessTokens:
    """HS256; ``clock`` stamps what is issued, the machine's own time judges what is presented.

    A token that was found good is not verified again for a minute, nor ever beyond its end.
    """

    def __init__(
        self, secret_key: str, clock: Callable[[], datetime], *, lifetime_seconds: int = ACCESS_LIFETIME_SECONDS
    ) -> None:
        self._key = _derived(secret_key, "access-tokens")
        self._clock = clock
        self._lifetime_seconds = lifetime_seconds
        self._verified: dict[str, tuple[Principal, float]] = {}

    @property
    def lifetime_seconds(self) -> int:
        return self._lifetime_seconds

    def issue(self, principal: Principal) -> str:
        now = self._clock()
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": ACCESS_AUDIENCE,
            "sub": str(principal.user_id),
            "iat": now,
            "exp": now + timedelta(seconds=self._lifetime_seconds),
        }
        if principal.session_id is not None:
            claims["sid"] = str(principal.session_id)
        return jwt.encode(claims, self._key, algorithm="HS256")

    async def principal(self, token: str) -> Principal:
        return self.verify(token)

    async def check(self) -> None:
        """The key is at hand."""

    def verify(self, token: str) -> Principal:
        principal, until = self._verified.get(token, (None, 0.0))
        if principal is None or time.time() >= until:
            self._verified.pop(token, None)
            principal, until = self._decoded(token)
            if len(self._verified) >= VERIFIED_TOKENS:
                del self._verified[next(iter(self._verified))]
            self._verified[token] = principal, min(until, time.time() + VERIFIED_SECONDS)
        return principal

    def _decoded(self, token: str) -> tuple[Principal, float]:
        """With the moment at which it ends."""
        try:
            if len(token) > LONGEST_TOKEN:
                raise jwt.DecodeError("too long")
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                issuer=ISSUER,
                audience=ACCESS_AUDIENCE,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
            session = claims.get("sid")
            principal = Principal(user_id=UUID(claims["sub"]), session_id=UUID(session) if session else None)
            return principal, float(claims["exp"])
        except NO_TOKEN as error:
            raise NotAuthenticated("The access token is not valid, or no longer. Sign in, or refresh it.") from error


class HmacChildTokens:
    """The child of a refresh token is its HMAC, 256 bits: a replay can be answered though only hashes are kept."""

    def __init__(self, secret_key: str) -> None:
        self._key = _derived(secret_key, "refresh-tokens")

    def __call__(self, refresh_token: str) -> str:
        digest = hmac.digest(self._key, refresh_token.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class JwtLinkSigner:
    """What is signed for one ``purpose`` is worth nothing for another."""

    def __init__(self, secret_key: str, clock: Callable[[], datetime], *, purpose: str = "links") -> None:
        self._key = _derived(secret_key, purpose)
        self._clock = clock

    def sign(self, payload: dict[str, str], *, lifetime_seconds: int) -> str:
        claims = {
            "aud": LINK_AUDIENCE,
            "exp": self._clock() + timedelta(seconds=lifetime_seconds),
            "may": payload,
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def verify(self, token: str) -> dict[str, str]:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=LINK_AUDIENCE,
                options={"require": ["aud", "exp", "may"]},
            )
        except NO_TOKEN as error:
            raise NotFound("link") from error
        return {str(name): str(value) for name, value in claims["may"].items()}


def _derived(secret_key: str, purpose: str) -> bytes:
    """One secret, a key for each purpose: what is signed for one is worth nothing for another."""
    return hmac.digest(secret_key.encode(), purpose.encode(), hashlib.sha256)
