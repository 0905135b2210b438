"""Whether a service confines what reads and runs models: the setting `sandbox`, checked against this machine."""

from shared.confinement.sandbox import require_confinement
from shared.logging import get_logger
from shared.settings import Settings

log = get_logger(__name__)


def is_confined(settings: Settings) -> bool:
    """Whether there is a sandbox; logs what a relaxed one leaves to models. Raises ConfinementError."""
    if settings.sandbox == "off":
        return False
    if left := require_confinement(relaxed=settings.sandbox == "relaxed"):
        log.warning("sandbox.relaxed", a_model_could=left)
    return True
