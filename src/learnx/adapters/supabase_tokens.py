"""Access tokens of Supabase Auth, by its published keys or, where it still has one, by its shared secret."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import jwt

from learnx.adapters.supabase_keys import ALGORITHMS, RemoteKeys
from learnx.adapters.tokens import NO_TOKEN
from learnx.domain.errors import NotAuthenticated, Unavailable
from learnx.domain.identity import VouchedUser

AUDIENCE, ROLE = "authenticated", "authenticated"
LEGACY = "HS256"
#: Characters. Those of users with much metadata have some thousands.
LONGEST_TOKEN = 8_191
#: Seconds: what their clock may be ahead, and the longest life that can be configured there.
CLOCK_AHEAD, LONGEST_LIFE = 30, 7 * 24 * 3600
EMAIL_LENGTH, NAME_LENGTH, URL_LENGTH, SUBJECT_LENGTH = 254, 200, 2000, 255


class SupabaseTokens:
    """``url`` is the project's. ``legacy_secret`` is used for HS256 and nothing else, published keys never for it."""

    def __init__(
        self,
        url: str,
        keys: RemoteKeys,
        *,
        legacy_secret: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = f"{url.rstrip('/')}/auth/v1"
        self._keys, self._now = keys, now
        self._legacy_secret = legacy_secret.encode() if legacy_secret else None

    async def verify(self, token: str) -> VouchedUser:
        try:
            if len(token) > LONGEST_TOKEN:
                raise jwt.DecodeError("too long")
            key, algorithm = await self._key(jwt.get_unverified_header(token))
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._issuer,
                audience=AUDIENCE,
                options={"require": ["iss", "aud", "exp", "iat", "sub"], "verify_iat": False},
            )
            return self._user(claims)
        except NO_TOKEN as error:
            raise NotAuthenticated("The access token is not valid, or no longer. Sign in, or refresh it.") from error

    async def check(self) -> None:
        await self._keys.get("")
        if not self._keys.seen:
            raise _not_now()

    async def _key(self, header: Mapping[str, Any]) -> tuple[jwt.PyJWK | bytes, str]:
        """A key with the one algorithm that it is for."""
        key_id, algorithm = header.get("kid"), header.get("alg")
        if algorithm == LEGACY and self._legacy_secret is not None:
            return self._legacy_secret, LEGACY
        if algorithm not in ALGORITHMS.values() or not isinstance(key_id, str):
            raise jwt.InvalidAlgorithmError("none of the provider's")
        key = await self._keys.get(key_id)
        if key is None:
            if not self._keys.seen:
                raise _not_now()
            raise jwt.InvalidKeyError("none of the provider's")
        return key, str(key.algorithm_name)

    def _user(self, claims: Mapping[str, Any]) -> VouchedUser:
        issued, expires, subject = float(claims["iat"]), float(claims["exp"]), claims["sub"]
        if not 0 < issued <= self._now() + CLOCK_AHEAD or not expires - issued <= LONGEST_LIFE:
            raise jwt.InvalidIssuedAtError("not of our time")
        if claims.get("role") != ROLE:
            raise jwt.InvalidTokenError("of no user")
        if not 0 < len(subject) <= SUBJECT_LENGTH or not subject.isprintable():
            raise jwt.InvalidTokenError("of no user")
        about = claims.get("user_metadata")
        about = about if isinstance(about, dict) else {}
        email = _shown(claims.get("email"), EMAIL_LENGTH)
        name = _shown(about.get("full_name"), NAME_LENGTH) or _shown(about.get("name"), NAME_LENGTH)
        picture = _shown(about.get("avatar_url"), URL_LENGTH)
        return VouchedUser(
            issuer=self._issuer,
            subject=subject,
            email=email,
            full_name=name or email.partition("@")[0] or "Learner",
            avatar_url=picture if picture.startswith(("https://", "http://")) and " " not in picture else None,
            issued_at=datetime.fromtimestamp(issued, UTC),
            expires_at=datetime.fromtimestamp(expires, UTC),
        )


def _not_now() -> Unavailable:
    return Unavailable("Who you are can't be verified at the moment. Try again in a little while.")


def _shown(text: object, length: int) -> str:
    """What people can set by themselves there, as a row can hold it."""
    if not isinstance(text, str):
        return ""
    return "".join(character for character in text if character.isprintable()).strip()[:length]
