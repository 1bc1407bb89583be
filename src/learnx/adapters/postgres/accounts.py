"""What must be answered before an owner is known; each question is one function that the migrations define."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.users import user_of
from learnx.application.ports.accounts import Credentials, RefreshTokenOwner
from learnx.application.ports.mail_tokens import MailPurpose
from learnx.domain.errors import Conflict
from learnx.domain.identity import User, VouchedUser, email_key

_REGISTER = text("""
    SELECT register_user(:owner, :email_key, :email, :full_name, :avatar_url, :subscription_tier, :created_at,
        :password_hash)
""")
_BY_EMAIL = text("SELECT * FROM user_by_email(:email_key)")
_BY_REFRESH_TOKEN = text("SELECT owner_id, family FROM owner_of_refresh_token(:token_hash)")
_BY_MAIL_TOKEN = text("SELECT owner_of_mail_token(:token_hash, :purpose)")
_BY_IDENTITY = text("""
    SELECT user_of_identity(:issuer, :subject, :new_owner, :email, :full_name, :avatar_url, :subscription_tier,
        :issued_at)
""")


@dataclass(frozen=True, slots=True)
class PostgresAccounts:
    engine: AsyncEngine

    async def register(self, user: User, password_hash: str) -> None:
        values = {
            "owner": user.id,
            "email_key": email_key(user.email),
            "email": user.email,
            "full_name": user.full_name,
            "avatar_url": user.avatar_url,
            "subscription_tier": user.subscription_tier,
            "created_at": user.created_at,
            "password_hash": password_hash,
        }
        try:
            async with OwnedSession(self.engine, None) as session:
                await session.execute(_REGISTER, values)
                await session.commit()
        except Conflict as taken:
            raise Conflict("There is an account with this e-mail address already: log in instead.") from taken

    async def by_email(self, email: str) -> Credentials | None:
        async with OwnedSession(self.engine, None) as session:
            row = (await session.execute(_BY_EMAIL, {"email_key": email_key(email)})).one_or_none()
        if row is None:
            return None
        return Credentials(user=user_of(row), password_hash=row.password_hash)

    async def by_refresh_token(self, token_hash: bytes) -> RefreshTokenOwner | None:
        async with OwnedSession(self.engine, None) as session:
            row = (await session.execute(_BY_REFRESH_TOKEN, {"token_hash": token_hash})).one_or_none()
        return None if row is None else RefreshTokenOwner(owner=row.owner_id, family=row.family)

    async def by_mail_token(self, token_hash: bytes, purpose: MailPurpose) -> UUID | None:
        async with OwnedSession(self.engine, None) as session:
            found: UUID | None = await session.scalar(_BY_MAIL_TOKEN, {"token_hash": token_hash, "purpose": purpose})
        return found

    async def by_identity(self, vouched: VouchedUser, *, new_id: UUID, subscription_tier: str) -> UUID | None:
        values = {
            "issuer": vouched.issuer,
            "subject": vouched.subject,
            "new_owner": new_id,
            "email": vouched.email,
            "full_name": vouched.full_name,
            "avatar_url": vouched.avatar_url,
            "subscription_tier": subscription_tier,
            "issued_at": vouched.issued_at,
        }
        async with OwnedSession(self.engine, None) as session:
            found: UUID | None = await session.scalar(_BY_IDENTITY, values)
            await session.commit()
        return found
