"""What a campaign tells: a line for each scenario, and the closing table."""

from collections.abc import Sequence

from tests.chaos.campaign import ScenarioResult

KINDS = ("lost", "doubled", "wrong", "orphan", "books")


def line(outcome: ScenarioResult) -> str:
    """One scenario; what it has violated follows in lines of its own."""
    word = "void" if outcome.void else "FAILED" if outcome.violations else "ok"
    told = f"{word:<6} {outcome.seconds:6.1f} s {outcome.runs:>3} runs  {outcome.scenario.name}"
    return "\n".join([told, *(f"       {violation}" for violation in outcome.violations)])


def table(outcomes: Sequence[ScenarioResult], seed: int) -> str:
    """The closing table, in Markdown."""
    reached = [outcome for outcome in outcomes if not outcome.void]
    pairs = {(outcome.scenario.point, outcome.scenario.fault) for outcome in reached}
    rows = [
        ("scenarios", len(outcomes)),
        ("faults reached", len(reached)),
        ("distinct pairs of point and fault", len(pairs)),
        ("with real EnergyPlus", sum(outcome.scenario.real for outcome in reached)),
        ("runs submitted", sum(outcome.runs for outcome in outcomes)),
        ("looks at the rows while faults happened", sum(outcome.samples for outcome in outcomes)),
        *((_shown(kind), sum(outcome.count(kind) for outcome in outcomes)) for kind in KINDS),
    ]
    lines = [f"| seed {seed} | |", "|---|---:|", *(f"| {name} | {number} |" for name, number in rows)]
    return "\n" + "\n".join(lines) + "\n"


def _shown(kind: str) -> str:
    return {"wrong": "wrong result or status", "orphan": "orphans", "books": "counters that differed from rows"}.get(
        kind, kind
    )
