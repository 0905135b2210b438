"""Texts as users may read them: without the directories of this worker."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.energyplus.installation import Engine
from shared.scratch_names import ATTEMPT
from shared.settings import Settings
from shared.state.finished import Failure, Finished


class PublicText:
    """Leaves of a path in an attempt's directory what is below it, and names the other directories."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        url = urlsplit(settings.storage_url)
        stores = [Path(unquote(url.path))] if url.scheme == "file" else []
        scratch = _alternatives([settings.scratch_directory])
        self._attempt = re.compile(rf"(?:{scratch})/{ATTEMPT.pattern}(?:/(?:work|inputs|kept)\b)?(/)?")
        self._named = [
            (re.compile(_alternatives(directories)), name)
            for directories, name in (
                ([settings.scratch_directory], "the scratch directory"),
                ([engine.directory, engine.executable.parent], "EnergyPlus"),
                (stores, "the store"),
            )
            if directories
        ]

    def clean(self, text: str) -> str:
        """The text with the names of files, and without where on this machine they are."""
        text = self._attempt.sub(lambda found: "" if found[found.re.groups] else ".", text)
        for directory, name in self._named:
            text = directory.sub(name, text)
        return text

    def failure(self, failure: Failure) -> Failure:
        """The same for a failure's message."""
        return replace(failure, message=self.clean(failure.message))

    def finished(self, finished: Finished) -> Finished:
        """The same for all texts of a result."""
        return replace(
            finished,
            failure=None if finished.failure is None else self.failure(finished.failure),
            messages=[replace(said, text=self.clean(said.text)) for said in finished.messages],
        )


def _alternatives(directories: Iterable[Path]) -> str:
    """A pattern of the directories as they are configured, and as the kernel names them."""
    spelled = {str(path) for directory in directories for path in (directory.absolute(), directory.resolve())}
    return "|".join(re.escape(path) for path in sorted(spelled, key=len, reverse=True))
