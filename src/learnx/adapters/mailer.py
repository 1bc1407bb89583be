"""Mails by SMTP, into a folder for developers, or not at all."""

import asyncio
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from learnx.application.ports.mailer import Mail
from learnx.domain.errors import Unavailable

log = structlog.get_logger(__name__)

SMTP_SECONDS = 15.0
SUBMISSION_PORT, TLS_PORT = 587, 465
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
#: From here on a reply of SMTP is a refusal for good.
FOR_GOOD = 500


class SmtpMailer:
    """``smtps://`` is TLS from the start. ``smtp://`` is STARTTLS where it is offered; with a password it has to be,
    but on this machine: no password is sent for all to read."""

    sends = True

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._host, self._tls = parts.hostname or "localhost", parts.scheme == "smtps"
        self._port = parts.port or (TLS_PORT if self._tls else SUBMISSION_PORT)
        self._user, self._password = unquote(parts.username or "") or None, unquote(parts.password or "") or None
        needed = self._user is not None and self._host not in LOOPBACK
        self._start_tls = False if self._tls else True if needed else None

    async def send(self, mail: Mail) -> bool:
        message = composed(mail, self._sender)
        if message is None:
            return False
        try:
            async with self._client() as client:
                await client.send_message(message)
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPAuthenticationError) as error:
            raise Unavailable("The mail server does not let us in.") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused([one.code for one in error.recipients], error)
        except aiosmtplib.SMTPResponseException as error:
            return _refused([error.code], error)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable("The mail server can't be reached, or does not take mails from us.") from error
        return True

    async def check(self) -> None:
        try:
            async with self._client():
                pass
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable("The mail server can't be reached, or does not know us.") from error

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            start_tls=self._start_tls,
            timeout=SMTP_SECONDS,
        )


@dataclass(frozen=True, slots=True)
class FileMailer:
    """A file for each mail, for us alone to read; the log says where."""

    folder: Path
    sender: str

    @property
    def sends(self) -> bool:
        return True

    async def send(self, mail: Mail) -> bool:
        message = composed(mail, self.sender)
        if message is None:
            return False
        path = await asyncio.to_thread(self._written, bytes(message), mail.kind)
        log.info("mail.written", kind=mail.kind, path=str(path))
        return True

    async def check(self) -> None:
        """A folder is always there."""

    def _written(self, content: bytes, kind: str) -> Path:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{kind}-{secrets.token_hex(4)}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        return path


class NoMailer:
    """Where no mail server is configured."""

    sends = False

    async def send(self, mail: Mail) -> bool:
        return False

    async def check(self) -> None:
        """There is nothing to reach."""


def composed(mail: Mail, sender: str) -> EmailMessage | None:
    """None where the address is none."""
    try:
        recipient = _recipient(mail.to)
    except (ValueError, IndexError, MessageError):
        return None
    message = EmailMessage(policy=SMTP if recipient.addr_spec.isascii() else SMTPUTF8)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip("> ") or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _recipient(address: str) -> Address:
    """With its domain in the form that servers without SMTPUTF8 know. A name of other letters is looked at as if it
    were of ASCII's: the parser knows no others."""
    name, _, domain = address.rpartition("@")
    domain = domain.encode("idna").decode()
    plain = "".join(letter if letter.isascii() else "x" for letter in name)
    parsed = Address(addr_spec=f"{plain}@{domain}")
    return parsed if plain == name else Address(username=name, domain=domain)


def _refused(codes: list[int], error: Exception) -> bool:
    if all(code >= FOR_GOOD for code in codes):
        return False
    raise Unavailable("The mail server does not take this mail for the moment.") from error
