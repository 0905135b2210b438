"""All tables under one name, so that whoever needs the metadata has every table loaded."""

from shared.db.base import Base
from shared.db.fleet import Artifact, Canary, Pause, Worker
from shared.db.run import Attempt, Result, Run, RunFile, RunMessage
from shared.db.simulation import Event, Simulation, SimulationInput, SubmissionKey

__all__ = [
    "Artifact",
    "Attempt",
    "Base",
    "Canary",
    "Event",
    "Pause",
    "Result",
    "Run",
    "RunFile",
    "RunMessage",
    "Simulation",
    "SimulationInput",
    "SubmissionKey",
    "Worker",
]
