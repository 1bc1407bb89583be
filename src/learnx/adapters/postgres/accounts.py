"""What must be answered before an owner is known; each question is one function that the migrations define."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.session import OwnedSession
from learnx.application.ports.repositories import Credentials, RefreshTokenOwner
from learnx.domain.errors import Conflict
from learnx.domain.identity import User, email_key

_REGISTER = text("""
    SELECT register_user(:owner, :email_key, :email, :full_name, :avatar_url, :subscription_tier, :created_at,
        :password_hash)
""")
_BY_EMAIL = text("SELECT * FROM user_by_email(:email_key)")
_BY_REFRESH_TOKEN = text("SELECT owner_id, family FROM owner_of_refresh_token(:token_hash)")


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
        user = User(
            id=row.owner_id,
            email=row.email,
            full_name=row.full_name,
            avatar_url=row.avatar_url,
            subscription_tier=row.subscription_tier,
            created_at=row.created_at,
        )
        return Credentials(user=user, password_hash=row.password_hash)

    async def by_refresh_token(self, token_hash: bytes) -> RefreshTokenOwner | None:
        async with OwnedSession(self.engine, None) as session:
            row = (await session.execute(_BY_REFRESH_TOKEN, {"token_hash": token_hash})).one_or_none()
        return None if row is None else RefreshTokenOwner(owner=row.owner_id, family=row.family)
