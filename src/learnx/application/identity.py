"""Accounts: who registers, signs in, and stays signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from learnx.application.email_verification import SendVerification
from learnx.application.ports.accounts import Accounts
from learnx.application.ports.cache import Cache, user_tag
from learnx.application.ports.database import Database
from learnx.application.ports.tokens import AccessTokens, BearerTokens, ChildTokens, PasswordHasher
from learnx.domain.errors import NotAuthenticated
from learnx.domain.identity import Principal, TokenPair, User, check_password, device, email_key, token_hash
from learnx.domain.plans import Budgets
from learnx.domain.values import Value

log = structlog.get_logger(__name__)

#: How long a device stays signed in without being used.
SESSION_LIFETIME = timedelta(days=30)

#: How long after it was spent a refresh token may be sent once more.
REPLAYABLE_FOR = timedelta(seconds=10)


class SignedIn(Value):
    user: User
    tokens: TokenPair


@dataclass(frozen=True, slots=True)
class StartSession:
    """A new family of refresh tokens: one a device that signs in.

    ``proven`` is the hash of the password that it signed in with. Where that has been replaced meanwhile it does not.
    """

    database: Database
    access_tokens: AccessTokens
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    new_token: Callable[[], str]

    async def __call__(self, user: User, *, proven: str, user_agent: str | None = None) -> SignedIn:
        family, refresh_token, now = self.new_id(), self.new_token(), self.clock()
        async with self.database.transaction(user.id) as tx:
            if await tx.passwords.get() != proven:
                raise _wrong()
            await tx.refresh_tokens.start_family(
                family,
                token_hash(refresh_token),
                now=now,
                expires_at=now + SESSION_LIFETIME,
                user_agent=device(user_agent),
            )
            await tx.commit()
        return SignedIn(user=user, tokens=_pair(self.access_tokens, user.id, family, refresh_token))


@dataclass(frozen=True, slots=True)
class Register:
    """A taken e-mail is ``Conflict``. Who is new has the default plan, and is asked by mail to verify their address."""

    accounts: Accounts
    passwords: PasswordHasher
    start_session: StartSession
    verification: SendVerification
    budgets: Budgets
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(self, email: str, password: str, full_name: str, *, user_agent: str | None = None) -> SignedIn:
        check_password(password)
        user = User(
            id=self.new_id(),
            email=email.strip(),
            full_name=full_name.strip(),
            subscription_tier=self.budgets.default_plan,
            created_at=self.clock(),
        )
        password_hash = await self.passwords.hash(password)
        await self.accounts.register(user, password_hash)
        log.info("identity.registered", user=str(user.id))
        self.verification(user)
        return await self.start_session(user, proven=password_hash, user_agent=user_agent)


@dataclass(frozen=True, slots=True)
class Login:
    """A wrong password and an unknown e-mail cost the same time and get the same answer.

    A hash that was made at less cost than now is made anew, since here is the one place that has the password.
    """

    accounts: Accounts
    database: Database
    passwords: PasswordHasher
    start_session: StartSession

    async def __call__(self, email: str, password: str, *, user_agent: str | None = None) -> SignedIn:
        found = await self.accounts.by_email(email_key(email))
        matches = await self.passwords.verify(found.password_hash if found else None, password)
        if found is None or not matches:
            log.info("identity.login_refused")
            raise _wrong()
        proven = found.password_hash
        if self.passwords.outdated(proven):
            proven = await self.passwords.hash(password)
            async with self.database.transaction(found.user.id) as tx:
                if not await tx.passwords.replace(proven, old=found.password_hash):
                    return await self(email, password, user_agent=user_agent)  # somebody else made it anew
                await tx.commit()
        return await self.start_session(found.user, proven=proven, user_agent=user_agent)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Spend a refresh token for its child. Using a spent one ends the session: one of its two users is a thief.

    Not so at once, while the child is unused: a client whose reply got lost, or whose two tabs refresh together, gets
    the same child again.
    """

    accounts: Accounts
    database: Database
    cache: Cache
    access_tokens: AccessTokens
    child_of: ChildTokens
    clock: Callable[[], datetime]

    async def __call__(self, refresh_token: str, *, user_agent: str | None = None) -> TokenPair:
        spent = token_hash(refresh_token)
        known = await self.accounts.by_refresh_token(spent)
        if known is None:
            raise _session_over()
        child, now = self.child_of(refresh_token), self.clock()
        async with self.database.transaction(known.owner) as tx:
            rotated = await tx.refresh_tokens.rotate(
                spent,
                token_hash(child),
                now=now,
                expires_at=now + SESSION_LIFETIME,
                replayable_for=REPLAYABLE_FOR,
                user_agent=device(user_agent),
            )
            if rotated:
                await tx.commit()
            else:
                async with self.cache.changing(user_tag(known.owner)):
                    await tx.commit()
        if not rotated:
            log.warning("identity.refresh_token_reused", user=str(known.owner), session=str(known.family))
            raise _session_over()
        return _pair(self.access_tokens, known.owner, known.family, child)


@dataclass(frozen=True, slots=True)
class CheckAccount:
    """Refuses the token of an erased account or an ended session, though its signature is still good."""

    database: Database

    async def __call__(self, principal: Principal) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            if not await tx.users.is_signed_in(principal.session_id):
                raise NotAuthenticated("This account or this session has ended. Sign in again.")


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Who a bearer token stands for; ``unchecked`` where the use case that follows finds out if the account exists."""

    database: Database
    bearer_tokens: BearerTokens

    async def __call__(self, bearer_token: str, *, unchecked: bool = False) -> Principal:
        principal = await self.bearer_tokens.principal(bearer_token)
        if not unchecked:
            await CheckAccount(self.database)(principal)
        return principal


@dataclass(frozen=True, slots=True)
class GetUser:
    database: Database

    async def __call__(self, principal: Principal) -> User:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.users.get()


@dataclass(frozen=True, slots=True)
class UpdateUser:
    """``change`` makes the new value of the current one, and may refuse by raising."""

    database: Database

    async def __call__(self, principal: Principal, change: Callable[[User], User]) -> User:
        async with self.database.transaction(principal.user_id) as tx:
            current = await tx.users.get()
            changed = change(current)
            if changed != current:
                await tx.users.update(changed)
                await tx.commit()
            return changed


def _pair(access_tokens: AccessTokens, owner: UUID, family: UUID, refresh_token: str) -> TokenPair:
    return TokenPair(
        access_token=access_tokens.issue(Principal(user_id=owner, session_id=family)),
        refresh_token=refresh_token,
        expires_in=access_tokens.lifetime_seconds,
    )


def _wrong() -> NotAuthenticated:
    return NotAuthenticated("The e-mail or the password is wrong.")


def _session_over() -> NotAuthenticated:
    return NotAuthenticated("The refresh token is not valid, or was used before. Sign in again.")
