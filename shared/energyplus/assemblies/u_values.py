"""Compares the U-values that EnergyPlus computes of constructions with those of the library."""

from collections.abc import Mapping
from pathlib import Path

from shared.energyplus.untrusted_file import read_ends

#: The lines are among the first; behind them are those of the simulation.
EIO_BYTES = 64 << 20
BEGINNING = b"HeatTransfer Surface,"
#: Places in such a line, with Output:Surfaces:List, Details.
SURFACE, CONSTRUCTION, U_WITH_FILMS = 1, 5, 7
#: Largest share of the library's U-value by which EnergyPlus's may differ.
TOLERANCE = 0.10


def u_value_warnings(eio: Path, expected: Mapping[str, float]) -> list[str]:
    """A warning for each construction in `expected` whose U-value EnergyPlus finds to be another, or does not print."""
    found = _read(eio)
    warnings = (_warning(name, u_value, found.get(name.lower(), {})) for name, u_value in expected.items())
    return list(filter(None, warnings))


def _warning(name: str, expected: float, found: Mapping[str, float]) -> str | None:
    if not found:
        return f"Construction '{name}': EnergyPlus printed no U-value to compare with the library's"
    surface = max(found, key=lambda surface: abs(found[surface] - expected))
    if abs(found[surface] - expected) <= TOLERANCE * abs(expected):
        return None
    return (
        f"Construction '{name}': EnergyPlus computes a U-value of {found[surface]:g} W/m2K with air films, on surface "
        f"{surface}; the library says {expected:g} W/m2K"
    )


def _read(eio: Path) -> dict[str, dict[str, float]]:
    """U-values with air films by surface, by construction in lower case."""
    by_construction: dict[str, dict[str, float]] = {}
    head, _ = read_ends(eio, EIO_BYTES, 0)
    for line in head.splitlines():
        if line.startswith(BEGINNING):
            parts = line.decode("utf-8", errors="replace").split(",")
            try:
                value = float(parts[U_WITH_FILMS])
            except (IndexError, ValueError):
                continue
            by_construction.setdefault(parts[CONSTRUCTION].strip().lower(), {})[parts[SURFACE]] = value
    return by_construction
