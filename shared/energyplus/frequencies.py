"""Reporting frequencies of series. Source: EnergyPlus 25.2's schema, `reporting_frequency` of Output:Variable."""

FREQUENCIES = ("Detailed", "Timestep", "Hourly", "Daily", "Monthly", "RunPeriod", "Environment", "Annual")
DEFAULT_FREQUENCY = "Hourly"


def spelled(frequency: str) -> str | None:
    """The frequency as the schema spells it, given in any case; None when there is no such frequency."""
    return next((known for known in FREQUENCIES if known.lower() == frequency.lower()), None)
