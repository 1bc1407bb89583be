"""Every way to refuse, as one tree.

::

    LearnXError
    ├── InvalidInput            what was sent does not fit            errors: [(pointer, detail)]
    ├── NotAuthenticated        who asks is not known
    ├── NotAllowed              known, but may not
    ├── NotFound                does not exist, or is someone else's
    ├── Conflict                exists, but not in a state for this
    │   ├── NotReady            the file has no complete set of chunks yet
    │   └── PersonaMissing      no persona was put yet
    ├── PreconditionFailed      If-Match names another version
    ├── PayloadTooLarge
    ├── UnsupportedMediaType
    ├── PaymentRequired         a plan allows no more                 retry_after: seconds, where waiting helps
    ├── RateLimited             retry_after: seconds
    ├── ProviderError           a language or embedding model failed  retryable, retry_after: seconds, where known
    │   └── MalformedOutput     what should fit a schema did not, nor when it was repaired
    ├── Unavailable             something that we need is down, or we are draining
    └── ProcessingFailed        a document could not be processed     code: FileErrorCode

HTTP statuses live in ``entrypoints/http/errors.py``; vendor errors are translated at the adapter's edge.
``detail`` is written for the person who reads it, says what to do, and names no id.
"""

from collections.abc import Sequence
from typing import Literal

FileErrorCode = Literal[
    "unsupported_type",
    "encrypted",
    "corrupt",
    "no_text",
    "too_large",
    "too_complex",
    "timed_out",
    "embedding_failed",
    "deleted",
    "internal",
]


class LearnXError(Exception):
    """Root of the tree; ``detail`` is shown to the caller."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(LearnXError):
    """``errors`` pairs a JSON pointer (or a parameter's name) with what is wrong there."""

    def __init__(self, detail: str, errors: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class NotAuthenticated(LearnXError):
    pass


class NotAllowed(LearnXError):
    pass


class NotFound(LearnXError):
    def __init__(self, what: str = "resource") -> None:
        super().__init__(f"There is no such {what}.")


class Conflict(LearnXError):
    pass


class NotReady(Conflict):
    pass


class PersonaMissing(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "You have no persona yet: describe yourself with PUT /api/v1/persona, or ask with persona=off."
        )


class PreconditionFailed(LearnXError):
    pass


class PayloadTooLarge(LearnXError):
    pass


class UnsupportedMediaType(LearnXError):
    pass


class PaymentRequired(LearnXError):
    def __init__(self, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class RateLimited(LearnXError):
    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ProviderError(LearnXError):
    def __init__(self, detail: str, *, retryable: bool = True, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retryable = retryable
        self.retry_after = retry_after


class MalformedOutput(ProviderError):
    pass


class Unavailable(LearnXError):
    pass


class ProcessingFailed(LearnXError):
    """A document ends in ``failed`` with ``code``; ``detail`` tells the learner what to do."""

    def __init__(self, code: FileErrorCode, detail: str) -> None:
        super().__init__(detail)
        self.code: FileErrorCode = code
