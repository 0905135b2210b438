"""Recovery: cancellation, the death of a worker, outages of RabbitMQ and Postgres."""

import sys
from pathlib import Path

import pika

from deploy.local.processes import Process
from deploy.local.stack import ROOT
from shared.broker.queues import runs_queue
from tests.e2e.conftest import ANNUAL, SIZING, System


def alive(pids: list[int]) -> list[int]:
    """Returns those of these processes that are still EnergyPlus."""
    return [pid for pid in pids if "in.idf" in _command(pid)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_cancelling_during_a_run_leaves_no_engine_and_later_runs_unaffected(system: System) -> None:
    simulation = system.submit(ANNUAL, copies=5)
    run = system.running(simulation)
    engines = system.journal.pids(run["id"])
    assert alive(engines)

    answer = system.call("POST", f"/api/v1/simulations/{simulation['id']}/cancel")

    assert answer.status_code == 200
    assert answer.json()["status"] == "cancelled"
    ended = system.ended(simulation)
    assert not alive(system.journal.pids())
    assert ended["status"] == "cancelled"
    assert ended["counts"]["cancelled"] + ended["counts"]["succeeded"] == 5
    started = sum(system.journal.starts(r["id"]) for r in system.runs(simulation))
    assert started < 5
    assert system.ended(system.submit(SIZING))["status"] == "succeeded"


def test_a_run_whose_worker_was_killed_succeeds_once_the_worker_is_back(system: System) -> None:
    simulation = system.submit(ANNUAL)
    run = system.running(simulation)

    system.stack.worker.kill()
    system.until(lambda: not alive(system.journal.pids(run["id"])), "the engine is gone with its worker")
    system.stack.start_worker()

    assert system.ended(simulation)["status"] == "succeeded"
    again = system.runs(simulation)[0]
    assert (again["attempt"], again["status"]) == (2, "succeeded")
    assert system.journal.starts(run["id"]) == 2
    assert not alive(system.journal.pids(run["id"]))


def test_a_run_whose_worker_was_killed_is_taken_over_by_another(system: System, second_worker: Process) -> None:
    simulation = system.submit(ANNUAL)
    run = system.running(simulation)
    system.stack.worker.kill()

    command = [sys.executable, "-m", "deploy.local", "worker", "--directory", str(system.stack.directory)]
    second_worker.start(command, system.stack.environment(), ROOT)

    assert system.ended(simulation)["status"] == "succeeded"
    again = system.runs(simulation)[0]
    assert (again["attempt"], again["status"]) == (2, "succeeded")
    assert again["worker"] != run["worker"]
    assert system.journal.starts(run["id"]) == 2
    assert not alive(system.journal.pids(run["id"]))


def test_a_terminated_worker_gives_its_run_back_uncharged(system: System) -> None:
    simulation = system.submit({**ANNUAL, "max_attempts": 1}, copies=6)
    run = system.running(simulation)

    system.stack.worker.stop()
    system.stack.start_worker()

    ended = system.ended(simulation)
    assert ended["status"] == "succeeded"
    assert ended["counts"]["succeeded"] == 6
    assert not alive(system.journal.pids(run["id"]))


def test_a_submission_is_accepted_while_rabbitmq_is_down_and_runs_when_it_is_back(system: System) -> None:
    system.stack.rabbitmq.stop()

    simulation = system.submit(SIZING)

    assert system.simulation(simulation)["status"] == "queued"
    assert system.call("GET", "/readyz").status_code == 200
    system.stack.rabbitmq.start()
    assert system.ended(simulation)["status"] == "succeeded"


def test_workers_survive_a_restart_of_postgres_and_no_attempt_is_charged(system: System) -> None:
    simulation = system.submit(ANNUAL, copies=6)
    system.running(simulation)

    system.stack.postgres.stop()
    system.stack.postgres.start()

    assert system.ended(simulation)["status"] == "succeeded"
    runs = system.runs(simulation)
    assert [run["attempt"] for run in runs] == [1] * 6
    assert [system.journal.starts(run["id"]) for run in runs] == [1] * 6
    assert system.stack.worker.pid is not None
    with pika.BlockingConnection(pika.URLParameters(system.stack.rabbitmq.url())) as connection:
        dead_letters = connection.channel().queue_declare(f"{runs_queue('25.2.0', 'classic')}.XQ", passive=True)
    assert dead_letters.method.message_count == 0
