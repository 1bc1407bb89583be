"""Mails to users."""

from typing import Literal, Protocol

from learnx.domain.values import Value

MailKind = Literal["password_reset", "email_verification"]


class Mail(Value):
    """Plain text, to one address. ``text`` may hold a secret: neither it nor the address is logged."""

    kind: MailKind
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    @property
    def sends(self) -> bool:
        """False where there is no way to send mails at all."""
        ...

    async def send(self, mail: Mail) -> bool:
        """True once a server has taken it over; False where it is refused for good, as for an address that does not
        exist. ``Unavailable`` where it may be taken later."""
        ...

    async def check(self) -> None:
        """``Unavailable`` where the server can't be reached, or does not know us."""
        ...
