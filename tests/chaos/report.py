"""The report of a campaign: a line for each scenario, and the table at the end."""

from collections.abc import Sequence

from tests.chaos.campaign import ScenarioResult

KINDS = ("lost", "doubled", "wrong", "orphan", "books")


def line(outcome: ScenarioResult) -> str:
    """One scenario; its violations follow, one on each line."""
    word = "void" if outcome.void else "FAILED" if outcome.violations else "ok"
    text = f"{word:<6} {outcome.seconds:6.1f} s {outcome.runs:>3} runs  {outcome.scenario.name}"
    return "\n".join([text, *(f"       {violation}" for violation in outcome.violations)])


def table(outcomes: Sequence[ScenarioResult], seed: int) -> str:
    """The table at the end, in Markdown."""
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
