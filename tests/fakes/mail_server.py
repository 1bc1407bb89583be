"""A mail server on the loopback that keeps what it is sent, and refuses what a test tells it to."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ADDRESS = "127.0.0.1"


@dataclass
class MailServer:
    """``reply`` is what a recipient gets. ``encrypted``: whether each of the mails came by TLS."""

    reply: str | None = None
    port: int = 0
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  its name in aiosmtpd
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.reply:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append((envelope.rcpt_tos, message))
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"good:password", handled=False)


@asynccontextmanager
async def mail_server(
    *, start_tls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, logins: bool = False
) -> AsyncIterator[MailServer]:
    """In this event loop. ``start_tls``: it offers that; ``tls``: it speaks nothing else; ``logins``: it wants one."""
    running = MailServer()
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            running,
            hostname=ADDRESS,
            tls_context=start_tls,
            authenticator=running.authenticate,
            auth_required=logins,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            loop=loop,
        )

    async with await loop.create_server(connection, ADDRESS, 0, ssl=tls) as server:
        running.port = server.sockets[0].getsockname()[1]
        yield running


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What such a server needs for TLS, and the certificate that its clients have to trust."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ADDRESS))]), critical=True)
        .sign(key, SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
