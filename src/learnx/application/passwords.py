"""A new password, for who knows the old one, and for who reads the account's mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from learnx.application.email_verification import MAILS, MAILS_WITHIN, NO_MAILS
from learnx.application.letters import Letters
from learnx.application.outbox import Outbox
from learnx.application.ports.accounts import Accounts
from learnx.application.ports.cache import Cache, user_tag
from learnx.application.ports.database import Database
from learnx.application.ports.mailer import Mail
from learnx.application.ports.tokens import PasswordHasher
from learnx.domain.errors import Conflict, NotAllowed, NotAuthenticated, Unavailable
from learnx.domain.identity import Principal, check_password, email_key, token_hash

log = structlog.get_logger(__name__)

RESET_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """All other sessions end, and links to choose a password are worth nothing any more."""

    database: Database
    passwords: PasswordHasher
    cache: Cache

    async def __call__(self, principal: Principal, current: str, new: str) -> None:
        check_password(new, "/newPassword")
        async with self.database.transaction(principal.user_id) as tx:
            kept = await tx.passwords.get()
        if not await self.passwords.verify(kept, current):
            log.info("identity.password_refused", user=str(principal.user_id))
            raise NotAllowed("The current password is wrong.")
        replaced_by = await self.passwords.hash(new)
        async with self.database.transaction(principal.user_id) as tx:
            if not await tx.passwords.replace(replaced_by, old=kept):
                raise Conflict("The password was changed at the same time. Try again with the new one.")
            await tx.mail_tokens.end_all("password_reset")
            await tx.refresh_tokens.end_all(but=principal.session_id)
            async with self.cache.changing(user_tag(principal.user_id)):
                await tx.commit()
        log.info("identity.password_changed", user=str(principal.user_id))


@dataclass(frozen=True, slots=True)
class RequestPasswordReset:
    """Known or unknown, an address gets the same answer after the same work: all else is done later.

    The mail goes to the address of the account, not to the one that was typed: they may differ in letters that count as
    the same.
    """

    accounts: Accounts
    database: Database
    outbox: Outbox
    letters: Letters
    clock: Callable[[], datetime]
    new_token: Callable[[], str]

    async def __call__(self, email: str) -> None:
        if not self.outbox.put(partial(self._written, email_key(email))):
            raise Unavailable(NO_MAILS)

    async def _written(self, key: str) -> Mail | None:
        found = await self.accounts.by_email(key)
        if found is None:
            return None
        token, now = self.new_token(), self.clock()
        async with self.database.transaction(found.user.id) as tx:
            if await tx.mail_tokens.added_since(now - MAILS_WITHIN, "password_reset") >= MAILS:
                return None
            await tx.mail_tokens.add(token_hash(token), "password_reset", now=now, expires_at=now + RESET_LIFETIME)
            await tx.commit()
        return self.letters.password_reset(found.user, token)


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """A token is good once. All sessions end; that the token was read proves the address."""

    accounts: Accounts
    database: Database
    passwords: PasswordHasher
    cache: Cache
    clock: Callable[[], datetime]

    async def __call__(self, token: str, password: str) -> None:
        check_password(password)
        mailed = token_hash(token)
        owner = await self.accounts.by_mail_token(mailed, "password_reset")
        if owner is None:
            raise _no_such_link()
        replaced_by, now = await self.passwords.hash(password), self.clock()
        async with self.database.transaction(owner) as tx:
            if not await tx.mail_tokens.take(mailed, "password_reset", now=now):
                raise _no_such_link()
            await tx.passwords.replace(replaced_by)
            await tx.mail_tokens.end_all("password_reset")
            await tx.refresh_tokens.end_all()
            await tx.users.verify_email(at=now)
            async with self.cache.changing(user_tag(owner)):
                await tx.commit()
        log.info("identity.password_reset", user=str(owner))


def _no_such_link() -> NotAuthenticated:
    return NotAuthenticated("This link is not valid, or no longer: ask for another.")
