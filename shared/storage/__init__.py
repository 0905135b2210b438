"""Storage of artifacts in a local directory or an S3-compatible store.

Keys of inputs contain their SHA-256, keys of outputs the run and the attempt. The package imports no database code and
no service, and is the only one that uses S3.
"""

from shared.storage.base import Item, NotFound, Storage, StorageError, Stored
from shared.storage.open import open_storage

__all__ = ["Item", "NotFound", "Storage", "StorageError", "Stored", "open_storage"]
