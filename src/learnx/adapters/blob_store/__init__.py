"""Blob stores behind the port: a filesystem, and every server that speaks S3."""

from learnx.adapters.blob_store.files import FileBlobStore

__all__ = ["FileBlobStore"]
