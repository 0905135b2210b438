"""From submission over HTTP to real results."""

import signal
import subprocess
import sys

import requests

from tests.e2e.conftest import ANNUAL, CHICAGO, OFFICE, ROOT, SIZING, System
from tests.e2e.processes import interruptible


def demo(system: System) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.demo", "--directory", str(system.stack.directory)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_demo_prints_three_variants_and_starts_the_engine_three_times_each_time(system: System) -> None:
    for _ in range(2):
        before = system.journal.starts()

        done = demo(system)

        assert done.returncode == 0, done.stdout + done.stderr
        assert system.journal.starts() == before + 3
        assert "kWh/m2.yr" in done.stdout
        assert "baseline" in done.stdout
        assert "variant 2" in done.stdout
        assert f"{system.stack.url}/api/docs" in done.stdout
        assert done.stdout.rstrip().endswith(f"{system.stack.url}/")
        newest = system.get("/api/v1/simulations?limit=1")["items"][0]
        metrics = [run["metrics"] for run in system.runs(newest)]
        assert [m["period"]["kind"] for m in metrics] == ["annual"] * 3
        lighting = [m["interior_lighting_kwh"] for m in metrics]
        heating = [m["heating_kwh"] for m in metrics]
        assert lighting == sorted(lighting)
        assert lighting[0] < lighting[2]
        assert heating == sorted(heating, reverse=True)
        assert heating[0] > heating[2]


def test_ctrl_c_leaves_the_stack_and_the_study_running(system: System) -> None:
    before = system.journal.starts()
    command = [sys.executable, "-m", "deploy.demo", "--directory", str(system.stack.directory)]
    watching = subprocess.Popen(interruptible(command), cwd=ROOT, stdout=subprocess.DEVNULL)
    system.until(lambda: system.journal.starts() > before, "the demo's study has started")

    watching.send_signal(signal.SIGINT)

    assert watching.wait(60) == 130
    assert all(process.pid for process in system.stack.processes)
    newest = system.get("/api/v1/simulations?limit=1")["items"][0]
    assert system.ended(newest)["status"] == "succeeded"


def test_every_service_serves_its_health_and_its_metrics(system: System) -> None:
    assert system.ended(system.submit(SIZING))["status"] == "succeeded"
    ports = system.stack.state.ports
    for service, metric in (
        ("api", "epsm_http_request_seconds_count"),
        ("worker", 'outcome="succeeded",verdict="success"'),
        ("scheduler", "epsm_canary_latency_seconds"),
    ):
        base = f"http://127.0.0.1:{ports[service]}"
        assert requests.get(f"{base}/healthz", timeout=30).status_code == 200
        assert metric in requests.get(f"{base}/metrics", timeout=30).text
    system.until(lambda: _canary_latency(system) > 0, "a canary has come back")


def _canary_latency(system: System) -> float:
    text = requests.get(f"http://127.0.0.1:{system.stack.state.ports['scheduler']}/metrics", timeout=30).text
    return float(next(line for line in text.splitlines() if line.startswith("epsm_canary_latency_seconds ")).split()[1])


def test_a_finished_run_offers_report_messages_and_prepared_model(system: System) -> None:
    simulation = system.submit(SIZING)
    assert system.ended(simulation)["status"] == "succeeded"

    run = system.get(f"/api/v1/runs/{system.runs(simulation)[0]['id']}")

    assert run["verdict"] == "success"
    assert run["metrics"]["period"]["kind"] == "design_days"
    assert run["metrics"]["site_energy_kwh"] is None
    assert run["metrics"]["sizing"]["zones"]
    files = {file["name"]: file for file in run["files"]}
    assert {"eplustbl.htm", "eplusout.err", "prepared.idf", "changes.json"} <= set(files)
    for name, beginning in (("eplustbl.htm", b"<!DOCTYPE"), ("eplusout.err", b"Program Version,EnergyPlus")):
        answer = system.call("GET", files[name]["href"])
        assert answer.content.startswith(beginning)
        assert len(answer.content) == files[name]["size"]
    assert b"SimpleAndTabular" in system.call("GET", files["prepared.idf"]["href"]).content


def test_a_model_that_energyplus_rejects_fails_alone_with_its_messages_and_is_not_tried_again(system: System) -> None:
    broken = OFFICE.read_text().replace("  Lights,", "  Lights,  ! broken below\n", 1)
    broken += "\nSchedule:Constant,Nonsense,NoSuchLimits,1;\nLights,Extra,No Such Zone,Nonsense,LightingLevel,1;\n"
    answer = system.call(
        "POST",
        "/api/v1/simulations",
        files=[
            ("models", ("broken.idf", broken)),
            ("models", ("fine.idf", OFFICE.read_bytes())),
            ("weather", (CHICAGO.name, CHICAGO.read_bytes())),
        ],
        data={"spec": '{"annual": false, "outputs": []}'},
    )
    assert answer.status_code == 201, answer.text

    simulation = system.ended(answer.json())

    bad, good = system.runs(simulation)
    assert (bad["status"], bad["verdict"], bad["attempt"]) == ("failed", "fatal", 1)
    assert bad["error"]["code"] == "fatal"
    assert "No Such Zone".upper() in bad["error"]["message"].upper()
    assert {m["severity"] for m in bad["messages"]} >= {"severe", "fatal"}
    assert bad["metrics"] is None
    assert system.journal.starts(bad["id"]) == 1
    assert good["status"] == "succeeded"
    assert simulation["status"] == "succeeded"
    assert simulation["counts"]["failed"] == 1


def test_a_retry_runs_only_what_had_failed(system: System) -> None:
    simulation = system.submit({**ANNUAL, "limits": {"soft_seconds": 0.3, "hard_seconds": 0.5}})
    assert system.ended(simulation)["status"] == "failed"
    first = system.runs(simulation)[0]
    assert (first["verdict"], first["error"]["code"]) == ("timed_out", "timed_out")

    answer = system.call("POST", f"/api/v1/simulations/{simulation['id']}/retry")

    assert answer.status_code == 200, answer.text
    assert answer.json()["round"] == 2
    assert system.ended(simulation)["status"] == "failed"
    assert system.journal.starts(first["id"]) == 2
