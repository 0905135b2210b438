"""Settings of every EPSM process, read once from `EPSM_*` environment variables and passed down.

Each entry point calls `read_settings()`; nothing else reads the environment. A setting that is unknown, invalid or in
conflict with another stops the process with an error message. Each module of this package has the settings of one
subject.
"""

import os

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import RefusedInput
from shared.settings.addresses import secrets_in
from shared.settings.api import ApiSettings
from shared.settings.limits import LimitSettings
from shared.settings.process import PREFIX
from shared.settings.scheduler import SchedulerSettings
from shared.settings.servers import ServerSettings
from shared.settings.worker import WorkerSettings

__all__ = ["PREFIX", "Settings", "SettingsError", "read_settings"]


class SettingsError(RefusedInput):
    """A setting is unknown, invalid or in conflict with another; the message names it."""


# Validators run from the last base class to the first, so faults of the last one are reported first.
class Settings(SchedulerSettings, LimitSettings, WorkerSettings, ApiSettings, ServerSettings):
    """All settings; a field is read from the variable `EPSM_<FIELD>`. Durations are in seconds, sizes in bytes."""

    @property
    def secrets(self) -> frozenset[str]:
        """Values to mask in logs: keys, and the passwords in URLs."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return frozenset().union(*(secrets_in(v.get_secret_value()) for v in values if isinstance(v, SecretStr)))


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment; `overrides`, by field name, take precedence.

    Raises SettingsError with one sentence per fault.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    if unknown := sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known):
        raise SettingsError(f"unknown setting {', '.join(unknown)}")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # names are checked by the model itself
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(fault) for fault in error.errors())) from None


def _sentence(fault: ErrorDetails) -> str:
    place = PREFIX + "_".join(str(part) for part in fault["loc"][:1]).upper() if fault["loc"] else ""
    text = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {text}" if place else text
