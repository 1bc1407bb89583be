"""How a generation ends that its writer did not end."""

from learnx.domain.lessons import Failed

BROKEN = Failed(
    code="SERVER_ERROR", detail="Something went wrong on our side while the lesson was written.", retryable=True
)
CANCELLED = Failed(code="CANCELLED", detail="This lesson was stopped before it was whole.", retryable=False)
DRAINED = Failed(
    code="SERVICE_UNAVAILABLE",
    detail="The server is shutting down before this lesson was whole. Ask for it again.",
    retryable=True,
)
