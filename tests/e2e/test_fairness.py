"""Fairness: a thousand runs of one owner do not delay three runs of another."""

from tests.e2e.conftest import SIZING, System


def test_three_runs_end_before_the_thirtieth_of_a_thousand_that_were_there_first(system: System) -> None:
    thousand = system.submit(SIZING, copies=1000, owner="many")
    assert thousand["counts"]["total"] == 1000

    three = system.submit(SIZING, copies=3, owner="few")

    ended = system.ended(three)
    assert ended["status"] == "succeeded"
    before = [
        run for run in system.runs(thousand) if run["ended_at"] is not None and run["ended_at"] <= ended["ended_at"]
    ]
    assert len(before) < 30
    # The queue in RabbitMQ is short however long the backlog is.
    queues = system.get("/api/v1/queues")
    assert all(queue["published"] <= 8 for queue in queues["items"]), queues
    assert system.call("POST", f"/api/v1/simulations/{thousand['id']}/cancel").status_code == 200
