"""Tickets for browsers whose reader of events can't send a bearer: each lets one user read one stream, for an hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from learnx.application.identity import CheckAccount
from learnx.application.ports.database import Database
from learnx.application.ports.tokens import LinkSigner
from learnx.domain.errors import NotAuthenticated, NotFound
from learnx.domain.identity import Principal
from learnx.domain.values import Value

#: How long a stream can be connected to, again and again, with one ticket.
TICKET_LIFETIME = timedelta(hours=1)
#: The query parameter that a ticket is sent in.
TICKET = "ticket"


class TicketSigner(LinkSigner, Protocol):
    """With a key of its own: a ticket is no link, and no link a ticket."""


class StreamTicket(Value):
    """``url`` is a path with its query, the ticket in it."""

    ticket: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssueTicket:
    tickets: TicketSigner
    clock: Callable[[], datetime]

    def __call__(self, principal: Principal, path: str, query: str) -> StreamTicket:
        """``path`` and ``query`` are those of a stream, as they will be asked for."""
        may = {"user": str(principal.user_id), "session": str(principal.session_id or ""), "path": path, "query": query}
        expires_at = self.clock() + TICKET_LIFETIME
        ticket = self.tickets.sign(may, lifetime_seconds=int(TICKET_LIFETIME.total_seconds()))
        url = f"{path}?{query}{'&' if query else ''}{urlencode({TICKET: ticket})}"
        return StreamTicket(ticket=ticket, url=url, expires_at=expires_at)


@dataclass(frozen=True, slots=True)
class UseTicket:
    database: Database
    tickets: TicketSigner

    async def __call__(self, ticket: str, path: str, query: str) -> Principal:
        """Tampered, expired, of another stream, of an account or session that has ended: ``NotAuthenticated``."""
        try:
            may = self.tickets.verify(ticket)
        except NotFound as error:
            raise _none() from error
        if (may["path"], may["query"]) != (path, query):
            raise _none()
        session = may["session"]
        principal = Principal(user_id=UUID(may["user"]), session_id=UUID(session) if session else None)
        await CheckAccount(self.database)(principal)
        return principal


def _none() -> NotAuthenticated:
    return NotAuthenticated("The ticket is not valid for this stream, or not any more. Ask for another one.")
