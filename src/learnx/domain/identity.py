"""Who acts: users, principals, and the rules for e-mail addresses and passwords."""

from datetime import datetime
from uuid import UUID

from learnx.domain.errors import InvalidInput
from learnx.domain.values import Value

PASSWORD_LENGTH = range(8, 257)


class User(Value):
    id: UUID
    email: str
    full_name: str
    avatar_url: str | None = None
    subscription_tier: str = "unlimited"
    created_at: datetime


class Principal(Value):
    """Who a request acts for; every owned row is read and written through ``user_id``."""

    user_id: UUID
    session_id: UUID | None = None


class TokenPair(Value):
    """``expires_in`` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int


def email_key(email: str) -> str:
    """What makes two addresses the same account: case-folded, without surrounding white space."""
    return email.strip().casefold()


def check_password(password: str) -> None:
    if len(password) not in PASSWORD_LENGTH:
        raise InvalidInput(
            f"The password must have {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters.",
            [("/password", f"must have {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters")],
        )
