"""Uploads to a bucket that nobody ends any more: their parts are kept, and paid for, until they are aborted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from learnx.adapters.blob_store.s3_client import S3Client, S3Trouble

log = structlog.get_logger(__name__)

#: How a server says that it has no list of them, or not for us: then its own rules have to remove them.
NOT_LISTED = frozenset({"AccessDenied", "MethodNotAllowed", "NotImplemented", "501", "405", "403"})


class UnfinishedUploads:
    def __init__(self, bucket: str, prefix: str, client: S3Client, clock: Callable[[], datetime]) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._client = client
        self._clock = clock

    def abort(self, below: str, older_than_seconds: float = 0.0) -> None:
        """Those whose key begins with ``<below>/`` (all, where it is empty) and that began so long ago. Blocks.

        ``S3Trouble`` where the server can't be reached, or refuses.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        wanted = "/".join(part for part in (self._prefix, below) if part)
        before = self._clock() - timedelta(seconds=older_than_seconds)
        try:
            for page in self._client.made.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=f"{wanted}/" if wanted else ""
            ):
                for upload in page.get("Uploads", ()):
                    if not older_than_seconds or upload["Initiated"] < before:
                        self._abort(upload)
        except ClientError as error:
            if _code(error) not in NOT_LISTED:
                raise S3Trouble(_code(error)) from error
            log.warning("blobs.unfinished_uploads_not_listed", reason=_code(error))
        except BotoCoreError as error:
            raise S3Trouble(type(error).__name__) from error

    def _abort(self, upload: dict[str, Any]) -> None:
        """One that has just ended by itself is not there any more, which is no error."""
        from botocore.exceptions import ClientError

        try:
            self._client.made.abort_multipart_upload(
                Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
            )
        except ClientError as error:
            if _code(error) != "NoSuchUpload":
                raise


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
