"""Artifacts: inputs named by their SHA-256, outputs by run and attempt. A local directory or an S3-compatible store.

It knows no database and no service. The only room that knows S3.
"""

from shared.storage.base import Item, NotFound, Storage, StorageError, Stored
from shared.storage.open import open_storage

__all__ = ["Item", "NotFound", "Storage", "StorageError", "Stored", "open_storage"]
