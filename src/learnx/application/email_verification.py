"""Whether an e-mail address is its user's: asked by mail, answered by the token in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from learnx.application.letters import Letters
from learnx.application.outbox import Outbox
from learnx.application.ports.accounts import Accounts
from learnx.application.ports.database import Database
from learnx.application.ports.mailer import Mail
from learnx.domain.errors import Conflict, NotAuthenticated, RateLimited, Unavailable
from learnx.domain.identity import Principal, User, token_hash

VERIFICATION_LIFETIME = timedelta(days=1)
#: Mails in any hour to one account: the address may be a stranger's, whom nobody asked.
MAILS, MAILS_WITHIN = 5, timedelta(hours=1)
NO_MAILS = "Mails can't be sent at the moment. Try again later."


@dataclass(frozen=True, slots=True)
class SendVerification:
    """The mail, later; False where none will be sent."""

    database: Database
    outbox: Outbox
    letters: Letters
    clock: Callable[[], datetime]
    new_token: Callable[[], str]

    def __call__(self, user: User) -> bool:
        return self.outbox.put(partial(self._written, user))

    async def _written(self, user: User) -> Mail:
        token, now = self.new_token(), self.clock()
        async with self.database.transaction(user.id) as tx:
            await tx.mail_tokens.add(
                token_hash(token), "email_verification", now=now, expires_at=now + VERIFICATION_LIFETIME
            )
            await tx.commit()
        return self.letters.verification(user, token)


@dataclass(frozen=True, slots=True)
class RequestVerification:
    """Once more, for who is signed in, on every plan so often. ``Conflict`` where there is nothing left to verify."""

    database: Database
    send: SendVerification
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            user = await tx.users.get()
            mailed = await tx.mail_tokens.added_since(self.clock() - MAILS_WITHIN, "email_verification")
        if user.email_verified:
            raise Conflict("Your e-mail address is verified already.")
        if mailed >= MAILS:
            raise RateLimited(
                "Enough mails were sent to you within an hour. Look for them first.", int(MAILS_WITHIN.total_seconds())
            )
        if not self.send(user):
            raise Unavailable(NO_MAILS)


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """A token is good until it expires: programs that try links in mails, and people who click twice, do no harm."""

    accounts: Accounts
    database: Database
    clock: Callable[[], datetime]

    async def __call__(self, token: str) -> None:
        owner = await self.accounts.by_mail_token(token_hash(token), "email_verification")
        if owner is None:
            raise NotAuthenticated("This link is not valid, or no longer: sign in, and have another mail sent.")
        async with self.database.transaction(owner) as tx:
            await tx.users.verify_email(at=self.clock())
            await tx.commit()
