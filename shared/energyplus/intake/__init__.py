"""Checks of uploaded files: what a file is, and whether the fleet can run it. Called by the API before it stores any.

It knows EnergyPlus's file formats and no HTTP, database or storage. Everything it is given may be hostile.
"""

from shared.energyplus.findings import Finding, Rejected
from shared.energyplus.intake.model import ModelFacts, check_model
from shared.energyplus.intake.names import check_name
from shared.energyplus.intake.side_file import check_side_file, is_reserved
from shared.energyplus.intake.weather import WeatherFacts, check_weather

__all__ = [
    "Finding",
    "ModelFacts",
    "Rejected",
    "WeatherFacts",
    "check_model",
    "check_name",
    "check_side_file",
    "check_weather",
    "is_reserved",
]
