"""Store in an S3-compatible bucket: large files are uploaded in parts, download URLs can be signed for clients."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.storage.base import (
    CHUNK_BYTES,
    Chunks,
    Item,
    NotFound,
    StorageError,
    Stored,
    Verifier,
    check_key,
    check_prefix,
    hash_file,
    input_key,
    output_key,
)

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

MISSING = ("404", "NoSuchKey", "NotFound")
BEYOND_THE_END = ("416", "InvalidRange")


class S3Storage:
    """Artifacts in `bucket` under `prefix`."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def put_input(self, source: Path, sha256: str) -> Stored:
        """See Storage. Always written: no other way to renew an object's modification time works on every S3 server."""
        found, size = hash_file(source)
        if found != sha256:
            raise StorageError(f"the file has SHA-256 {found}, not {sha256}")
        key = input_key(sha256)
        self._upload(source, key)
        return Stored(key, sha256, size)

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        """See Storage."""
        key = output_key(run_id, attempt, name)
        sha256, size = hash_file(source)
        self._upload(source, key)
        return Stored(key, sha256, size)

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        """See Storage."""
        Verifier(target, sha256).receive(self.read(key))

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """See Storage."""
        if end is not None and end <= start:
            return _nothing()
        span = f"bytes={start}-{'' if end is None else end - 1}"
        with _guarded(key):
            # Any range of an empty object is invalid, so a request for the whole object has none.
            ranged = {} if start == 0 and end is None else {"Range": span}
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(key), **ranged)  # type: ignore[arg-type]
            except ClientError as error:
                if _code(error) in BEYOND_THE_END:
                    return _nothing()
                raise
        return _Chunks(answer["Body"], key)

    def size(self, key: str) -> int:
        """See Storage."""
        with _guarded(key):
            return self._client.head_object(Bucket=self._bucket, Key=self._key(key))["ContentLength"]

    def delete(self, key: str) -> None:
        """See Storage."""
        with _guarded(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(key))

    def walk(self, prefix: str) -> Iterator[Item]:
        """See Storage."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + check_prefix(prefix)
        )
        with _guarded(prefix):
            for page in pages:
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    yield Item(key, found["Size"], found["LastModified"])

    def presigned_url(self, key: str, *, filename: str, media_type: str, seconds: int) -> str | None:
        """See Storage."""
        with _guarded(key):
            return self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": self._key(key),
                    # Percent-encoded, because a header cannot contain quotes or non-ASCII letters (RFC 6266).
                    "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
                    "ResponseContentType": media_type,
                },
                ExpiresIn=seconds,
            )

    def check(self) -> None:
        """See Storage."""
        with _guarded(self._bucket):
            self._client.head_bucket(Bucket=self._bucket)

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _upload(self, source: Path, key: str) -> None:
        with _guarded(key):
            self._client.upload_file(str(source), self._bucket, self._key(key))


def make_client(
    endpoint_url: str | None,
    region: str,
    access_key: str | None,
    secret_key: str | None,
    ca_file: Path | None = None,
) -> "S3Client":
    """An S3 client that gives up after seconds rather than minutes; callers do their own retries."""
    config = Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=60,
        retries={"total_max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path" if endpoint_url else "auto"},
        max_pool_connections=32,
        # Checksums in trailers are an extension that not every S3-compatible server supports.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=config,
        verify=str(ca_file) if ca_file is not None else None,
    )


class _Chunks:
    """Pieces of a response body. Not a generator: one that was never iterated would not close its connection."""

    def __init__(self, body: "StreamingBody", key: str) -> None:
        self._body = body
        self._key = key
        self._pieces = body.iter_chunks(CHUNK_BYTES)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with _guarded(self._key):
            return next(self._pieces)

    def close(self) -> None:
        """See Chunks."""
        self._body.close()


def _nothing() -> Generator[bytes]:
    yield from ()


def _code(error: ClientError) -> str | None:
    return error.response.get("Error", {}).get("Code")


@contextmanager
def _guarded(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) in MISSING:
            raise NotFound(f"there is no {key}") from error
        raise StorageError(f"{key}: {error}") from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        raise StorageError(f"{key}: {error}") from error
