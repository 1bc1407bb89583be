"""Signed links that lead to an object and tell a browser to save it, which obstore's own signatures can't."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

LONGEST_SECONDS = 300


class S3Links:
    def __init__(self, bucket: str, prefix: str, endpoint: str | None, clock: Callable[[], datetime]) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._endpoint = endpoint
        self._clock = clock

    def sign(self, key: str, filename: str, media_type: str, expires_at: datetime) -> str:
        """Good until ``expires_at``, or for five minutes if that is sooner. Blocks: no request, but imports."""
        left = int((expires_at - self._clock()).total_seconds())
        link: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": "/".join(part for part in (self._prefix, key) if part),
                "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
                "ResponseContentType": media_type,
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=max(1, min(LONGEST_SECONDS, left)),
        )
        return link

    @cached_property
    def _client(self) -> Any:
        from botocore.config import Config
        from botocore.session import get_session

        addressing = {"addressing_style": "path"} if self._endpoint else {}
        return get_session().create_client(
            "s3", endpoint_url=self._endpoint, config=Config(signature_version="s3v4", s3=addressing)
        )
