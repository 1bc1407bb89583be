"""Signed links that lead to an object and tell a browser to save it, which obstore's own signatures can't."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from learnx.adapters.blob_store.s3_client import S3Client

LONGEST_SECONDS = 300


class S3Links:
    def __init__(self, bucket: str, prefix: str, client: S3Client, clock: Callable[[], datetime]) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._client = client
        self._clock = clock

    def sign(self, key: str, filename: str, media_type: str, expires_at: datetime) -> str:
        """Good until ``expires_at``, or for five minutes if that is sooner. Blocks: no request, but imports."""
        left = int((expires_at - self._clock()).total_seconds())
        link: str = self._client.made.generate_presigned_url(
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
