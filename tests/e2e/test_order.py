"""When runs stop and start: the circuit breaker and dependencies, with the real engine and the whole stack."""

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import SIZING, System
from tests.support.browser import opened

#: Milliseconds; far longer than anything here takes on an idle machine.
PATIENCE = 120_000
COUNT = 3
COPIES = 24
#: Runs that the worker of the stack has at once.
SLOTS = 2
#: EnergyPlus ends early, because there is no such schedule; the names and the line differ between variants.
NO_SCHEDULE = {"name": "schedule", "object": "Lights", "field": "Schedule Name"}


def test_variants_that_fail_alike_stop_after_the_allowed_starts_and_go_on_when_released(
    system: System, browser: Browser
) -> None:
    schedules = [f"No Schedule {number}" for number in range(COPIES)]
    spec = {
        **SIZING,
        "parameters": [{**NO_SCHEDULE, "values": schedules}],
        "stop_after_failures": {"count": COUNT},
    }
    simulation = system.submit(spec)
    path = f"/api/v1/simulations/{simulation['id']}"
    system.until(lambda: system.simulation(simulation)["circuit_breaker"] is not None, "the breaker has opened")
    system.until(lambda: system.simulation(simulation)["counts"]["running"] == 0, "what was running has ended")
    system.until(
        lambda: all(run["held_reason"] == "canary" for run in system.runs(simulation) if run["status"] == "queued"),
        "the rest is held",
    )

    stopped = system.simulation(simulation)
    started = sum(run["attempt"] for run in system.runs(simulation))
    assert COUNT <= started <= COUNT + SLOTS - 1
    assert stopped["counts"]["queued"] == COPIES - started
    assert (stopped["status"], stopped["ended_at"]) == ("running", None)
    assert stopped["circuit_breaker"]["failures"] == COUNT

    with opened(browser, system.stack.url) as tab:
        tab.page.goto(f"/simulations/{simulation['id']}")
        held = tab.page.locator("#held")
        expect(held).to_contain_text(f"Held: {COUNT} runs failed for the same cause:", timeout=PATIENCE)
        expect(held.locator("a")).to_contain_text("Severe")
        tab.page.get_by_role("button", name="Release").click()
        tab.page.get_by_role("dialog").get_by_role("button", name="Release").click()
        expect(held).to_be_hidden(timeout=PATIENCE)
        assert tab.said == []
    system.until(lambda: sum(run["attempt"] for run in system.runs(simulation)) >= started + COUNT, "it has gone on")
    system.call("POST", f"{path}/cancel")
    assert system.ended(simulation)["status"] == "cancelled"


def test_a_chain_of_simulations_runs_one_after_the_other(system: System) -> None:
    first = system.submit(SIZING, copies=2)
    second = system.submit({**SIZING, "depends_on": {"simulation": first["id"]}})
    third = system.submit({**SIZING, "depends_on": {"simulation": second["id"], "when": "end"}})
    assert [one["waits_for"] for one in (second, third)] == [first["id"], second["id"]]

    ended = [system.ended(one) for one in (first, second, third)]

    assert [one["status"] for one in ended] == ["succeeded"] * 3
    assert ended[0]["ended_at"] <= ended[1]["started_at"]
    assert ended[1]["ended_at"] <= ended[2]["started_at"]
