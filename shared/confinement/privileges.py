"""What a worker that runs as root could do and an engine must not: set clocks, load modules, lock files for ever.

Called by the launcher's child, which has Python's own library only. Source: capabilities(7), linux/capability.h.
"""

import ctypes
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
VERSION_3 = 0x20080522
#: What lets root read files of others: Landlock decides which, and an installation may be somebody else's.
DAC_OVERRIDE = 1 << 1


def give_up() -> None:
    """Keep at most DAC_OVERRIDE; with no_new_privs, which is set already, there is no way back. Raises OSError."""
    header = struct.pack("Ii", VERSION_3, 0)
    held = ctypes.create_string_buffer(24)
    _check(LIBC.capget(header, held))
    effective, permitted, *_ = struct.unpack("6I", held.raw)
    kept = struct.pack("6I", effective & DAC_OVERRIDE, permitted & DAC_OVERRIDE, 0, 0, 0, 0)
    _check(LIBC.capset(header, kept))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capabilities: {os.strerror(number)}")
