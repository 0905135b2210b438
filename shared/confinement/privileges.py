"""Drop the Linux capabilities that an engine would have when its worker runs as root.

With them it could set clocks, load kernel modules, or make files immutable. Called in the launcher's child, which has
only the standard library. Source: capabilities(7), linux/capability.h.
"""

import ctypes
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
VERSION_3 = 0x20080522
#: CAP_DAC_OVERRIDE lets root read files of other users. Kept, because the installation may belong to another user;
#: Landlock still restricts which files can be read.
DAC_OVERRIDE = 1 << 1


def give_up() -> None:
    """Drop all capabilities except DAC_OVERRIDE. Raises OSError.

    The caller must have set no_new_privs, with which this cannot be undone.
    """
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
