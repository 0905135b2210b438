"""Check of side files, to which a model refers: schedules, tables."""

from pathlib import Path

from shared.energyplus.findings import reject

#: EnergyPlus reads and writes these in a run's directory; a side file of that name would stand in for them.
RESERVED = (
    *("in.idf", "in.imf", "in.epjson", "in.json", "in.epw", "in.rvi", "in.mvi", "out.idf", "tmp.idf"),
    *("energy+.ini", "energy+.idd", "energyplus.ini", "energyplus.out", "audit.out", "readvars.audit", "sqlite.err"),
    *("socket.cfg", "variables.cfg", "utilsocket.log", "changes.json", "metrics.json", "expand"),
)
RESERVED_BEGINNINGS = ("eplus", "prepared.", "expanded")


def is_reserved(name: str) -> bool:
    """Whether EnergyPlus uses this name itself."""
    lower = name.lower()
    return lower in RESERVED or lower.startswith(RESERVED_BEGINNINGS)


def check_side_file(path: Path, name: str) -> None:
    """Make sure that a side file can lie beside the model. Raises Rejected."""
    if path.stat().st_size == 0:
        raise reject("the file is empty")
    if is_reserved(name):
        raise reject("this name is used by EnergyPlus itself; rename the file, and in the model")
