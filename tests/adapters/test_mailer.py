"""Mails by SMTP and into a folder: who gets them, how they travel, and which refusals are for good."""

import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.fakes.mail_server import certified, mail_server

from learnx.adapters.mailer import FileMailer, NoMailer, SmtpMailer
from learnx.application.ports.mailer import Mail
from learnx.domain.errors import Unavailable

pytestmark = pytest.mark.anyio

SENDER = "LearnX <no-reply@learn.example.org>"
LINK = "https://learn.example.org/reset-password#token=" + "x" * 60
MAIL = Mail(kind="password_reset", to="ada@example.org", subject="A new password", text=f"Choose one:\n\n{LINK}\n")


async def test_a_mail_arrives_with_its_link_whole() -> None:
    async with mail_server() as server:
        assert await SmtpMailer(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)
    ((recipients, message),) = server.received
    assert recipients == ["ada@example.org"]
    assert (message["to"], message["from"], message["subject"]) == ("ada@example.org", SENDER, "A new password")
    assert LINK in message.get_content().split()
    assert message["auto-submitted"] == "auto-generated" and message["message-id"].endswith("@learn.example.org>")
    assert server.encrypted == [False]


async def test_tls_is_begun_where_it_is_offered_and_a_password_is_sent_within_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with mail_server(start_tls=context, logins=True) as server:
        url = f"smtp://learnx:good%3Apassword@127.0.0.1:{server.port}"
        assert await SmtpMailer(url, SENDER).send(MAIL)
        assert server.logins == [(b"learnx", b"good:password")]
        with pytest.raises(Unavailable):
            await SmtpMailer(url.replace("good", "bad"), SENDER).send(MAIL)
    async with mail_server(tls=context) as other:
        assert await SmtpMailer(f"smtps://127.0.0.1:{other.port}", SENDER).send(MAIL)
    assert server.encrypted == other.encrypted == [True]


async def test_a_certificate_that_nobody_trusts_is_not_trusted(tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    async with mail_server(start_tls=context) as server:
        with pytest.raises(Unavailable):
            await SmtpMailer(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)
    assert server.received == []


async def test_a_password_does_not_leave_this_machine_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("learnx.adapters.mailer.LOOPBACK", frozenset())
    async with mail_server(logins=True) as server:
        with pytest.raises(Unavailable):
            await SmtpMailer(f"smtp://learnx:good%3Apassword@127.0.0.1:{server.port}", SENDER).send(MAIL)
    assert server.logins == [] and server.received == []


@pytest.mark.parametrize(("reply", "for_good"), [("550 no such user", True), ("451 later", False), ("421 busy", False)])
async def test_what_a_server_refuses_for_good_is_told_from_what_it_may_take_later(reply: str, for_good: bool) -> None:
    async with mail_server() as server:
        server.reply = reply
        mailer = SmtpMailer(f"smtp://127.0.0.1:{server.port}", SENDER)
        if for_good:
            assert not await mailer.send(MAIL)
        else:
            with pytest.raises(Unavailable):
                await mailer.send(MAIL)


async def test_a_server_that_is_away_may_be_back_later() -> None:
    with pytest.raises(Unavailable):
        await SmtpMailer("smtp://127.0.0.1:1", SENDER).send(MAIL)


@pytest.mark.parametrize(
    "address",
    [
        "local",
        "a,b@example.org",
        "a@b@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "a b@example.org",
        "",
        "@",
        "a@\x99.example",
        "a@" + "x" * 64 + ".example",
    ],
)
async def test_what_is_no_address_is_sent_nowhere(address: str, tmp_path: Path) -> None:
    assert not await FileMailer(tmp_path, SENDER).send(replace(MAIL, to=address))
    assert list(tmp_path.iterdir()) == []
    async with mail_server() as server:
        assert not await SmtpMailer(f"smtp://127.0.0.1:{server.port}", SENDER).send(replace(MAIL, to=address))
    assert server.received == []


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [("ada@bücher.example", "ada@xn--bcher-kva.example"), ("zoë@example.org", "zoë@example.org")],
)
async def test_addresses_of_other_scripts_are_sent_to(address: str, sent_to: str) -> None:
    async with mail_server() as server:
        assert await SmtpMailer(f"smtp://127.0.0.1:{server.port}", SENDER).send(replace(MAIL, to=address))
    assert server.received[0][0] == [sent_to]


async def test_in_development_a_folder_takes_them_for_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    for _ in range(2):
        assert await FileMailer(folder, SENDER).send(MAIL)
    written = list(folder.iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, *written)] == [0o700, 0o600, 0o600]
    assert LINK in message_from_bytes(written[0].read_bytes(), policy=policy.default).get_content()


async def test_without_a_server_nothing_is_sent() -> None:
    mailer = NoMailer()
    assert not mailer.sends
    assert not await mailer.send(MAIL)
