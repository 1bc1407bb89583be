"""A request that carries an Idempotency-Key has its effect once, however often it is sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from learnx.application.ports.database import Transaction
from learnx.application.ports.idempotency import Kept
from learnx.domain.errors import InvalidInput

KEPT_FOR = timedelta(hours=24)
ANOTHER_REQUEST = "The Idempotency-Key was used for another request: take a new one for this."


@dataclass(slots=True)
class Once:
    """The request that a key names. ``replayed`` is set where it had its effect before.

    ``joins`` says that it reads a stream, and can be led to one that is being written.
    """

    operation: str
    key_hash: bytes
    body_hash: bytes
    joins: bool = False
    replayed: bool = False

    def sends(self, *parts: str) -> None:
        """What is part of the body and is known only now."""
        self.body_hash = hashlib.sha256(msgspec.json.encode((self.body_hash.hex(), parts))).digest()


async def recall(tx: Transaction, once: Once | None, kind: Any, now: datetime) -> Any:
    """What was returned, as ``kind``, where the request had its effect before; then nothing is left to do.

    ``Conflict`` where it is being served just now, ``InvalidInput`` where its key was that of another one.
    """
    if once is None:
        return None
    kept = await tx.idempotency.begin(once.operation, once.key_hash, now=now)
    if kept is None:
        return None
    check_same(kept, once)
    once.replayed = True
    return msgspec.convert(kept.reply, kind)


async def keep(tx: Transaction, once: Once | None, returned: object, now: datetime) -> None:
    """In the transaction of the effect."""
    if once is not None:
        kept = Kept(body_hash=once.body_hash, reply=msgspec.to_builtins(returned), created_at=now)
        await tx.idempotency.keep(once.operation, once.key_hash, kept, expires_at=now + KEPT_FOR)


def check_same(kept: Kept, once: Once) -> None:
    """``InvalidInput`` where the key is that of another request."""
    if kept.body_hash != once.body_hash:
        raise InvalidInput(ANOTHER_REQUEST, [("Idempotency-Key", "was used with another body")])
