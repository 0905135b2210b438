"""Creation of the store that the settings name."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from shared.settings import Settings
from shared.storage.base import Storage, StorageError
from shared.storage.counted import CountedStorage
from shared.storage.local import LocalStorage
from shared.storage.s3 import S3Storage, make_client


def open_storage(settings: Settings) -> Storage:
    """The store at `storage_url`: `file:///directory` or `s3://bucket/prefix`. Raises StorageError."""
    return CountedStorage(_open(settings))


def _open(settings: Settings) -> Storage:
    parts = urlsplit(settings.storage_url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return LocalStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        client = make_client(
            settings.s3_endpoint_url,
            settings.s3_region,
            _plain(settings.s3_access_key),
            _plain(settings.s3_secret_key),
            settings.s3_ca_file,
        )
        return S3Storage(client, parts.netloc, parts.path)
    raise StorageError(f"EPSM_STORAGE_URL {settings.storage_url!r} is neither file:///directory nor s3://bucket/prefix")


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
