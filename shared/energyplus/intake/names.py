"""Check of uploaded files' names, which are used in results, in headers and, for side files, in a run's directory."""

import unicodedata

from shared.energyplus.findings import reject

#: ext4 and most others allow 255 bytes; this leaves room for what we put before or after a name.
MAX_NAME_BYTES = 200
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


def check_name(name: str) -> str:
    """The name in Unicode's composed form. Raises Rejected."""
    if not name.strip():
        raise reject("the file has no name")
    if any(mark in name for mark in "/\\") or name.strip(".") == "":
        raise reject("a file name must not lead to another directory")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name):
        raise reject("a file name must not contain control or invisible characters")
    if name.partition(".")[0].strip().upper() in DEVICES:
        raise reject("a file of this name is a device where the results may be looked at (Windows)")
    if name.startswith("."):
        raise reject("a file name must not begin with a dot")
    if name != name.strip():
        raise reject("a file name must not begin or end with a space")
    composed = unicodedata.normalize("NFC", name)
    if len(composed.encode()) > MAX_NAME_BYTES:
        raise reject(f"a file name must not be longer than {MAX_NAME_BYTES} bytes")
    return composed
