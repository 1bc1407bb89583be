"""What was mailed to the owner and has not come back yet, as hashes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.mail_tokens import mail_tokens
from learnx.application.ports.mail_tokens import MailPurpose


@dataclass(frozen=True, slots=True)
class PostgresMailTokens:
    session: OwnedSession
    owner: UUID

    async def add(self, token_hash: bytes, purpose: MailPurpose, *, now: datetime, expires_at: datetime) -> None:
        await self.session.execute(
            delete(mail_tokens).where(mail_tokens.c.owner_id == self.owner, mail_tokens.c.expires_at <= now)
        )
        await self.session.execute(
            insert(mail_tokens).values(
                owner_id=self.owner, token_hash=token_hash, purpose=purpose, created_at=now, expires_at=expires_at
            )
        )

    async def added_since(self, moment: datetime, purpose: MailPurpose) -> int:
        count = select(func.count()).where(
            mail_tokens.c.owner_id == self.owner, mail_tokens.c.purpose == purpose, mail_tokens.c.created_at > moment
        )
        return int(await self.session.scalar(count))

    async def take(self, token_hash: bytes, purpose: MailPurpose, *, now: datetime) -> bool:
        taken = await self.session.execute(
            delete(mail_tokens).where(
                mail_tokens.c.owner_id == self.owner,
                mail_tokens.c.token_hash == token_hash,
                mail_tokens.c.purpose == purpose,
                mail_tokens.c.expires_at > now,
            )
        )
        return bool(taken.rowcount)

    async def end_all(self, purpose: MailPurpose) -> None:
        await self.session.execute(
            delete(mail_tokens).where(mail_tokens.c.owner_id == self.owner, mail_tokens.c.purpose == purpose)
        )
