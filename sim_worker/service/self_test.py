"""Self-test of the worker: scratch directory, engine in its sandbox, store."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from shared.confinement.child import ChildLimits
from shared.confinement.errors import ConfinementError
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox
from shared.energyplus.installation import Engine, EngineError
from shared.scratch_names import TEST_PREFIX
from shared.settings import Settings
from shared.storage import Storage, StorageError
from sim_worker.engine.rehearsal import rehearse

WRITTEN_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Checks everything that an attempt needs, without a model. Called by `self_test_loop.py` and for attempts."""

    settings: Settings
    storage: Storage
    launcher: Launcher
    engine: Engine
    sandbox: Sandbox | None

    def __call__(self) -> str | None:
        """Run the self-test; returns None when it passed, else a sentence that describes the fault."""
        root = self.settings.scratch_directory
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=TEST_PREFIX, dir=root) as directory:
                self._write(Path(directory))
                self._start(Path(directory))
            self.storage.check()
        except (EngineError, ConfinementError) as error:
            return str(error)
        except StorageError as error:
            return f"Storage: {error}"
        except OSError as error:
            return f"Scratch directory: {error.strerror or error}"
        return None

    def _write(self, directory: Path) -> None:
        with (directory / "written").open("wb") as file:
            file.write(bytes(WRITTEN_BYTES))
            file.flush()
            os.fdatasync(file.fileno())
        free, wanted = shutil.disk_usage(directory).free, self.settings.scratch_minimum_bytes
        if free < wanted:
            raise OSError(f"{free} bytes are free, EPSM_SCRATCH_MINIMUM_BYTES asks for {wanted}")

    def _start(self, directory: Path) -> None:
        sandbox = None if self.sandbox is None else self.sandbox.around(directory)
        limits = ChildLimits(self.settings.memory_limit_bytes, self.settings.file_limit_bytes, sandbox)
        rehearse(self.launcher, self.engine, directory, limits)
