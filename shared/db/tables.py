"""All tables in one module, so that importing it registers every table in the metadata."""

from shared.db.backlog import Backlog, DispatchTurn
from shared.db.base import Base
from shared.db.ended import EndedRun
from shared.db.estimates import TimeFit
from shared.db.fleet import Artifact, Canary, Inspection, Pause, Worker
from shared.db.identity import ArtifactOwner, Audit, Session, Token
from shared.db.revision import Forgotten
from shared.db.run import Attempt, Fingerprint, Result, Run, RunFile, RunMessage
from shared.db.simulation import Event, FailureCause, Simulation, SimulationInput, SubmissionKey

__all__ = [
    "Artifact",
    "ArtifactOwner",
    "Attempt",
    "Audit",
    "Backlog",
    "Base",
    "Canary",
    "DispatchTurn",
    "EndedRun",
    "Event",
    "FailureCause",
    "Fingerprint",
    "Forgotten",
    "Inspection",
    "Pause",
    "Result",
    "Run",
    "RunFile",
    "RunMessage",
    "Session",
    "Simulation",
    "SimulationInput",
    "SubmissionKey",
    "TimeFit",
    "Token",
    "Worker",
]
