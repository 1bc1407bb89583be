"""Users whom another provider signs in: who they are here, and that they are here from their first request on."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from learnx.application.ports.accounts import Accounts
from learnx.application.ports.tokens import ProviderTokens
from learnx.domain.errors import NotAuthenticated
from learnx.domain.identity import Principal
from learnx.domain.plans import Budgets

log = structlog.get_logger(__name__)

#: What a token stands for is remembered for so long, of the newest so many: about 400 bytes each.
REMEMBERED_FOR, REMEMBERED = timedelta(minutes=1), 10_000


class ProviderUsers:
    """Bearer tokens of the provider. Issuer and subject together are the user; an e-mail address links nobody."""

    def __init__(
        self,
        tokens: ProviderTokens,
        accounts: Accounts,
        budgets: Budgets,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._tokens, self._accounts, self._budgets = tokens, accounts, budgets
        self._clock, self._new_id = clock, new_id
        self._remembered: dict[bytes, tuple[Principal, datetime]] = {}

    async def principal(self, token: str) -> Principal:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._remembered.get(digest)
        if known is not None and self._clock() < known[1]:
            return known[0]
        self._remembered.pop(digest, None)
        principal, until = await self._found(token)
        if len(self._remembered) >= REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[digest] = principal, until
        return principal

    async def check(self) -> None:
        await self._tokens.check()

    async def _found(self, token: str) -> tuple[Principal, datetime]:
        """With the moment until which it may be remembered."""
        vouched = await self._tokens.verify(token)
        new_id = self._new_id()
        owner = await self._accounts.by_identity(vouched, new_id=new_id, subscription_tier=self._budgets.default_plan)
        if owner is None:
            raise NotAuthenticated("This account was erased. Sign in again, and you have a new one.")
        if owner == new_id:
            log.info("identity.registered", user=str(owner))
        return Principal(user_id=owner), min(vouched.expires_at, self._clock() + REMEMBERED_FOR)
