"""How mails leave, and where their links lead."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from dishka import Provider, Scope, provide

from learnx.application.letters import Letters
from learnx.application.outbox import Outbox
from learnx.application.ports.mailer import Mailer
from learnx.settings import Settings


class Mails(Provider):
    scope = Scope.APP

    @provide
    def mailer(self, settings: Settings) -> Mailer:
        """In development a folder takes them, where no server does."""
        from learnx.adapters.mailer import FileMailer, NoMailer, SmtpMailer

        host = urlsplit(settings.public_url or "").hostname
        sender = settings.mail_from or f"LearnX <no-reply@{host or 'localhost'}>"
        if settings.smtp_url is not None:
            return SmtpMailer(settings.smtp_url.reveal(), sender)
        if settings.environment == "development":
            return FileMailer(settings.data_dir / "mails", sender)
        return NoMailer()

    @provide
    async def outbox(self, mailer: Mailer) -> AsyncIterator[Outbox]:
        outbox = Outbox(mailer)
        yield outbox
        await outbox.aclose()

    @provide
    def letters(self, settings: Settings) -> Letters:
        return Letters(settings.public_url or f"http://{settings.host}:{settings.port}")
