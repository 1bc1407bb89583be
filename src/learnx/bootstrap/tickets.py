"""What lets a browser read a stream that can't send a bearer."""

from collections.abc import Callable
from datetime import datetime

from dishka import Provider, Scope, provide, provide_all

from learnx.adapters.tokens import JwtLinkSigner
from learnx.application import stream_tickets
from learnx.settings import Settings, signing_key


class Tickets(Provider):
    scope = Scope.APP

    @provide
    def ticket_signer(self, settings: Settings, clock: Callable[[], datetime]) -> stream_tickets.TicketSigner:
        return JwtLinkSigner(signing_key(settings).reveal(), clock, purpose="stream tickets")

    use_cases = provide_all(stream_tickets.IssueTicket, stream_tickets.UseTicket)
