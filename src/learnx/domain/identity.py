"""Who acts: users, principals, and the rules for e-mail addresses and passwords."""

import hashlib
import unicodedata
from datetime import datetime
from uuid import UUID

from learnx.domain.errors import InvalidInput
from learnx.domain.values import Value

#: In characters: 1,024 bytes at most, all of which count.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
USER_AGENT_LENGTH = 200


class User(Value):
    """``email_verified``: whether the link of a mail to that address was followed. Of users of another provider it is
    False, since that is for the provider to know."""

    id: UUID
    email: str
    full_name: str
    avatar_url: str | None = None
    subscription_tier: str = "unlimited"
    created_at: datetime
    email_verified: bool = False


class VouchedUser(Value):
    """What another provider's token says of its user; who they are there is ``issuer`` and ``subject`` alone.

    The token was issued at ``issued_at`` and ends at ``expires_at``.
    """

    issuer: str
    subject: str
    email: str
    full_name: str
    avatar_url: str | None
    issued_at: datetime
    expires_at: datetime


class Session(Value):
    """A device that is signed in: it was last used when its tokens were last refreshed, and is signed out by itself at
    ``expires_at``. ``current`` is that of the request."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str | None = None
    current: bool = False


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
    """What makes two addresses the same account: without regard to case, width and other compatible forms of letters,
    and to surrounding white space. Unicode's caseless compatibility matching (D146), of its key again the key."""
    for _ in range(2):
        email = unicodedata.normalize("NFKC", email).casefold()
    return unicodedata.normalize("NFKC", email).strip()


def token_hash(token: str) -> bytes:
    """All that is kept of a token of ours; it has the entropy of a key, so a plain SHA-256 suffices."""
    return hashlib.sha256(token.encode()).digest()


def device(user_agent: str | None) -> str | None:
    """What is kept of how a device calls itself."""
    shown = "".join(character for character in user_agent or "" if character.isprintable()).strip()
    return shown[:USER_AGENT_LENGTH] or None


def check_password(password: str, pointer: str = "/password") -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        words = f"have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise InvalidInput(f"The password must {words}.", [(pointer, f"must {words}")])
