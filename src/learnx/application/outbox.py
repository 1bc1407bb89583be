"""Mails go out after the reply: so nobody waits for a mail server, and no time tells who has an account."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from learnx.application.ports.mailer import Mail, Mailer
from learnx.domain.errors import LearnXError, Unavailable

log = structlog.get_logger(__name__)

WriteMail = Callable[[], Awaitable[Mail | None]]

#: Seconds before each further try. A link is good for an hour, and whoever waits that long asks again.
WAITS = (2.0, 15.0, 60.0, 300.0)
#: Mails that wait, and those that are written or sent at a time.
ROOM, AT_ONCE = 1_000, 4
#: Seconds that the end of the process leaves them.
LAST_CALL = 5.0


class Outbox:
    """In memory alone, since a mail holds a secret of which only a hash may be kept.

    What a process that is killed had not sent is lost, and so is what a mail server does not take within six minutes.
    Nothing depends on it: whoever misses a mail asks for it again.
    """

    def __init__(self, mailer: Mailer, *, waits: Sequence[float] = WAITS) -> None:
        self._mailer, self._waits = mailer, waits
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def put(self, write: WriteMail) -> bool:
        """``write`` is called later; where it gives None there is nothing to send. False where there is no room, or no
        way to send mails."""
        if not self._mailer.sends or len(self._under_way) >= ROOM:
            return False
        task = asyncio.create_task(self._deliver(write))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return True

    async def aclose(self) -> None:
        """What waits for its next try has it now, and no other."""
        self._closing.set()
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=LAST_CALL)
        for task in late:
            task.cancel()
        if late:
            log.warning("mail.lost", count=len(late))
            await asyncio.wait(late)

    async def _deliver(self, write: WriteMail) -> None:
        mail: Mail | None = None
        for wait in (*self._waits, None):
            try:
                async with self._turns:
                    mail = mail or await write()
                    if mail is not None:
                        taken = await self._mailer.send(mail)
                        log.info("mail.sent" if taken else "mail.refused", kind=mail.kind)
                return
            except Unavailable as error:
                log.warning("mail.not_sent", kind=mail.kind if mail else None, reason=error.detail, retry_in=wait)
                if wait is None or self._closing.is_set():
                    return
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), wait)
            except LearnXError as error:
                log.info("mail.not_written", reason=error.detail)
                return
            except Exception as error:  # whose words may quote an address
                log.error("mail.failed", kind=mail.kind if mail else None, error=type(error).__qualname__)
                return
