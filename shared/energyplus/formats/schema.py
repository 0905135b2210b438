"""EnergyPlus's schema of classes and fields, by engine version."""

import idfkit
from idfkit.schema import EpJSONSchema


def schema_of(engine: str) -> EpJSONSchema | None:
    """The schema of an engine ("25.2.0"); None for a version that the library does not have."""
    major, minor, patch = (int(part) for part in engine.split("."))
    try:
        return idfkit.get_schema((major, minor, patch))
    except idfkit.IdfKitError:
        return None
