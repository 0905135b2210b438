"""All tables under one name, so that whoever needs the metadata has every table loaded."""

from shared.db.backlog import Backlog
from shared.db.base import Base
from shared.db.fleet import Artifact, Canary, Pause, Worker
from shared.db.identity import ArtifactOwner, Audit, Session, Token
from shared.db.run import Attempt, Result, Run, RunFile, RunMessage
from shared.db.simulation import Event, Simulation, SimulationInput, SubmissionKey

__all__ = [
    "Artifact",
    "ArtifactOwner",
    "Attempt",
    "Audit",
    "Backlog",
    "Base",
    "Canary",
    "Event",
    "Pause",
    "Result",
    "Run",
    "RunFile",
    "RunMessage",
    "Session",
    "Simulation",
    "SimulationInput",
    "SubmissionKey",
    "Token",
    "Worker",
]
