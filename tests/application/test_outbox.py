"""Mails that nobody waits for: sent once, tried again, given up, and never in the way."""

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from learnx.application import outbox as module
from learnx.application.outbox import Outbox
from learnx.application.ports.mailer import Mail
from learnx.domain.errors import NotFound, Unavailable

pytestmark = pytest.mark.anyio

MAIL = Mail(kind="password_reset", to="ada@example.org", subject="s", text="token=hush")


class Post:
    """``away`` times it can't be reached, then it takes what it gets, unless it ``refuses``."""

    def __init__(self, away: int = 0, *, sends: bool = True, refuses: bool = False) -> None:
        self.away, self.sends, self.refuses = away, sends, refuses
        self.taken: list[Mail] = []
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = self.most_at_once = 0

    async def send(self, mail: Mail) -> bool:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.open.wait()
        self.at_once -= 1
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        self.taken.append(mail)
        return not self.refuses

    async def check(self) -> None:
        """It is always there to be asked."""


async def written() -> Mail:
    return MAIL


async def nothing() -> None:
    return None


async def idle(outbox: Outbox) -> None:
    await asyncio.gather(*outbox._under_way)


async def test_a_mail_is_sent_after_the_reply() -> None:
    post = Post()
    outbox = Outbox(post)
    assert outbox.put(written) and outbox.put(nothing)
    assert post.taken == []
    await idle(outbox)
    assert post.taken == [MAIL]


async def test_a_server_that_is_away_gets_it_later() -> None:
    post = Post(away=2)
    outbox = Outbox(post, waits=(0, 0))
    outbox.put(written)
    await idle(outbox)
    assert post.taken == [MAIL]


@pytest.mark.parametrize("make", [lambda: Post(away=3), lambda: Post(refuses=True)])
async def test_what_is_given_up_is_told_in_the_log_without_address_or_text(make: Callable[[], Post]) -> None:
    outbox = Outbox(make(), waits=(0, 0))
    with capture_logs() as lines:
        outbox.put(written)
        await idle(outbox)
    assert lines[-1]["event"] in {"mail.not_sent", "mail.refused"} and lines[-1]["kind"] == "password_reset"
    assert "ada" not in str(lines) and "hush" not in str(lines)


async def test_an_account_that_is_gone_meanwhile_gets_none() -> None:
    async def gone() -> Mail:
        raise NotFound("user")

    post = Post()
    outbox = Outbox(post)
    outbox.put(gone)
    await idle(outbox)
    assert post.taken == []


async def test_what_nobody_foresaw_ends_one_mail_and_is_told_without_its_words() -> None:
    async def broken() -> Mail:
        raise RuntimeError("ada@example.org")

    outbox = Outbox(Post())
    with capture_logs() as lines:
        outbox.put(broken)
        await idle(outbox)
    assert lines == [{"event": "mail.failed", "kind": None, "error": "RuntimeError", "log_level": "error"}]


async def test_where_there_is_no_way_to_send_or_no_room_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Outbox(Post(sends=False)).put(written)
    monkeypatch.setattr(module, "ROOM", 3)
    post = Post()
    outbox = Outbox(post)
    assert [outbox.put(written) for _ in range(4)] == [True, True, True, False]
    await idle(outbox)
    assert outbox.put(written)
    await idle(outbox)
    assert len(post.taken) == 4


async def test_a_few_at_a_time_are_sent() -> None:
    post = Post()
    post.open.clear()
    outbox = Outbox(post)
    for _ in range(20):
        outbox.put(written)
    for _ in range(5):
        await asyncio.sleep(0)
    post.open.set()
    await idle(outbox)
    assert post.most_at_once == module.AT_ONCE and len(post.taken) == 20


async def test_at_the_end_of_the_process_what_waits_is_tried_once_more() -> None:
    for away, taken in ((1, [MAIL]), (2, [])):
        post = Post(away=away)
        outbox = Outbox(post, waits=(3600, 3600))
        outbox.put(written)
        while post.away == away:
            await asyncio.sleep(0)
        await outbox.aclose()
        assert post.taken == taken and not outbox._under_way


async def test_the_end_of_the_process_leaves_them_a_moment_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post()
    outbox = Outbox(post)
    outbox.put(written)
    await outbox.aclose()
    assert post.taken == [MAIL]
    monkeypatch.setattr(module, "LAST_CALL", 0.01)
    post.open.clear()
    outbox.put(written)
    await outbox.aclose()
    assert post.taken == [MAIL] and not outbox._under_way
