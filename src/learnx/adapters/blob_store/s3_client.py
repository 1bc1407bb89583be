"""The client for what obstore can't ask a server that speaks S3."""

from functools import cached_property
from typing import Any

#: Seconds that one request may take.
CONNECT_WITHIN, ANSWER_WITHIN = 5, 30


class S3Trouble(Exception):
    """The server did not do what was asked."""


class S3Client:
    """Credentials and region are read from the usual variables. Blocks; made at first use, since its import is slow."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint

    @cached_property
    def made(self) -> Any:
        from botocore.config import Config
        from botocore.session import get_session

        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"} if self._endpoint else {},
            connect_timeout=CONNECT_WITHIN,
            read_timeout=ANSWER_WITHIN,
            retries={"total_max_attempts": 2},
        )
        return get_session().create_client("s3", endpoint_url=self._endpoint, config=config)
