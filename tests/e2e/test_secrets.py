"""No secret leaks into logs, responses, processes or files: a stack with TLS and planted secrets, under faults."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.postgres import EXPORTER, OWNER, SERVICE
from deploy.local.processes import Process
from deploy.local.stack import CONFIGURED, Stack
from shared.logging import MASK
from tests.e2e.conftest import CHICAGO, OFFICE, ROOT, SETTINGS, SIZING, System, make_engine
from tests.e2e.probing import PLANTED, dump, fetch, files, forms, look_into_processes, ports_of, raw, run
from tests.servers import need
from tests.tls import HOST, connections, make_pki, secure_postgres, secure_rabbitmq


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A stack with verified TLS on every connection, whose passwords are all planted."""
    need(POSTGRES)
    need(RABBITMQ)
    place = tmp_path_factory.mktemp("secrets")
    directory = place / "local"
    directory.mkdir()
    passwords = {"passwords": {name: PLANTED[name] for name in ("postgres", "rabbitmq")}}
    (directory / "stack.json").touch(mode=0o600)
    (directory / "stack.json").write_text(json.dumps(passwords))
    journal = make_engine(place / "engine")
    pki = make_pki(place / "pki")
    (amqps,) = free_ports(1)
    bare = Stack(directory, {})
    settings = {
        **SETTINGS,
        **journal.settings,
        "EPSM_LOG_LEVEL": "DEBUG",
        "EPSM_DATABASE_URL": bare.postgres.url().replace(LOOPBACK, HOST),
        "EPSM_MIGRATION_DATABASE_URL": bare.postgres.url(role=OWNER).replace(LOOPBACK, HOST),
        "EPSM_DATABASE_CA_FILE": pki.ca,
        "EPSM_BROKER_URL": f"amqps://epsm:{PLANTED['rabbitmq']}@{HOST}:{amqps}/epsm",
        "EPSM_BROKER_CA_FILE": pki.ca,
        # The management API of this node has no certificate.
        "EPSM_BROKER_MANAGEMENT_URL": "",
        "EPSM_BROKER_CERT_FILE": pki.cert,
        "EPSM_BROKER_KEY_FILE": pki.key,
        # Nothing listens there, so that reading the library fails.
        "EPSM_LEGACY_DATABASE_URL": f"postgresql://epsm:{PLANTED['library']}@{LOOPBACK}:{free_ports(1)[0]}/old",
        "EPSM_S3_ACCESS_KEY": PLANTED["access-key"],
        "EPSM_S3_SECRET_KEY": PLANTED["secret-key"],
        "EPSM_TRACES_ENDPOINT": f"http://{LOOPBACK}:{free_ports(1)[0]}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{PLANTED['collector']}",
    }
    stack = Stack(directory, settings)
    try:
        secure_postgres(stack.postgres, pki)
        secure_rabbitmq(stack.rabbitmq, pki, amqps, mutual=True)
        for _ in stack.up():
            pass
        yield System(stack, journal)
    finally:
        for _ in stack.down():
            pass
        stack.postgres.remove()


def test_all_connections_to_postgres_and_rabbitmq_are_encrypted(tls: System) -> None:
    simulation = tls.submit(SIZING)
    assert tls.ended(simulation)["counts"]["succeeded"] == 1

    engine = create_engine(tls.stack.postgres.url())
    with engine.connect() as connection:
        query = (
            "SELECT application_name, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename ~ 'epsm_'"
        )
        rows = connection.execute(text(query)).all()
    engine.dispose()
    assert all(encrypted for _, encrypted in rows)
    names = {name.partition("-")[0] + "-" + name.split("-")[1] for name, _ in rows if "-" in name}
    assert {"epsm-api", "epsm-scheduler", "epsm-listen"} <= names
    # Publishers of API and scheduler, and the worker's consumers.
    tls.until(lambda: len(connections(tls.stack.rabbitmq)) >= 4, "RabbitMQ lists its connections")
    shown = {(c.get("ssl"), c.get("peer_cert_subject", "").split(",")[0]) for c in connections(tls.stack.rabbitmq)}
    assert shown == {(True, "CN=epsm")}


def test_no_secret_is_written_anywhere(tls: System, tmp_path: Path) -> None:
    answers: dict[str, str] = {}
    send_invalid_requests(tls, answers)
    look_into_processes(tls, answers)
    request_during_faults(tls, answers)
    fail_to_start(tls, answers, tmp_path)
    serve_from_a_store_that_is_away(tls, answers)
    for port in ("api", "worker", "scheduler"):
        answers[f"metrics of {port}"] = fetch(f"http://{LOOPBACK}:{tls.stack.state.ports[port]}/metrics")
    answers["dump"] = dump(tls.stack)

    written = {str(path): content for path, content in files(tls.stack.directory)}
    assert any("Exception on" in content for content in written.values()), "a view has failed"
    assert any("dispatch.away" in content for content in written.values()), "something was away"
    caught = [line for content in written.values() for line in content.splitlines() if MASK in line]
    assert not caught, "written, and only masked at the last moment"
    roles = {role: urlsplit(tls.stack.postgres.url(role=role)).password or "" for role in (OWNER, SERVICE, EXPORTER)}
    leaks = [
        f"{name} in {place}: …{content[max(0, at - 300) : at + 300]}…"
        for place, content in (answers | written).items()
        for name, secret in (PLANTED | roles).items()
        for form in forms(secret)
        if (at := content.find(form)) >= 0
    ]
    assert not leaks, "\n\n".join(leaks)


def send_invalid_requests(tls: System, answers: dict[str, str]) -> None:
    """Requests with secrets in the right and in wrong places, valid and invalid."""
    bearer = {"Authorization": f"Bearer {PLANTED['token']}"}
    nonsense = {"Authorization": f"{PLANTED['nonsense']}\t{PLANTED['nonsense']}"}
    for headers in (bearer, nonsense):
        for path in ("/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/docs", "/api/v1/simulations"):
            answers[f"GET {path} {len(answers)}"] = tls.call("GET", path, headers=headers).text
        for path in (
            "/nowhere",
            f"/nowhere?token={PLANTED['query']}",
            f"/api/v1/workers?access_token={PLANTED['query']}",
        ):
            answers[f"GET {path[:12]} {len(answers)}"] = tls.call("GET", path, headers=headers).text
        for method, body in (("POST", b"{"), ("POST", b"null"), ("PUT", b"")):
            answer = tls.call(method, f"/api/v1/simulations?key={PLANTED['query']}", data=body, headers=headers)
            answers[f"{method} {body!r} {len(answers)}"] = answer.text
    for line in (
        f"Authorization : Bearer {PLANTED['token']}",
        f"Authorization {PLANTED['token']}",
        "Content-Length: x",
    ):
        answers[f"raw {len(answers)}"] = raw(
            tls, f"GET /healthz?t={PLANTED['query']} HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n"
        )
    scenario = {"scenario_id": "00000000-0000-0000-0000-000000000000"}
    sent = [("idf_files", ("a.idf", OFFICE.read_bytes())), ("weather_file", (CHICAGO.name, CHICAGO.read_bytes()))]
    answers["scenario"] = tls.call("POST", "/api/simulation/run/", files=sent, data=scenario).text
    assert "cannot be reached" in answers["scenario"]
    answers["raw line"] = raw(tls, f"GET /healthz?t={PLANTED['query']} NONSENSE/9\r\n\r\n")
    answers["raw method"] = raw(tls, f"G(T /healthz?t={PLANTED['query']} HTTP/1.1\r\n\r\n")


def request_during_faults(tls: System, answers: dict[str, str]) -> None:
    """Requests while a view fails, and while each of the servers is away."""
    stack = tls.stack
    headers = {"Authorization": f"Bearer {PLANTED['token']}", "X-Secret": PLANTED["nonsense"]}

    def ask(when: str) -> None:
        for path in (
            "/readyz",
            "/api/v1/simulations",
            "/api/v1/queues",
            f"/api/v1/workers?access_token={PLANTED['query']}",
        ):
            answers[f"{when}: {path[:20]}"] = tls.call("GET", path, headers=headers).text
        answers[f"{when}: worker"] = fetch(f"http://{LOOPBACK}:{stack.state.ports['worker']}/healthz")
        answers[f"{when}: scheduler"] = fetch(f"http://{LOOPBACK}:{stack.state.ports['scheduler']}/healthz")

    owner = create_engine(stack.postgres.url(role=OWNER))
    for one, other in (("simulations", "gone"), ("gone", "simulations")):
        with owner.begin() as connection:
            connection.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))
        ask(f"{one} renamed")
    owner.dispose()
    stack.rabbitmq.stop(names=False)
    tls.until(lambda: not tls.get("/readyz")["parts"]["broker"]["ok"], "RabbitMQ is missed")
    tls.until(lambda: "dispatch.away" in stack.scheduler.log.read_text() or submit_again(tls), "the scheduler says so")
    ask("RabbitMQ away")
    stack.rabbitmq.start()
    stack.postgres.stop()
    ask("Postgres away")
    stack.postgres.start()
    tls.until(lambda: tls.call("GET", "/readyz").json()["parts"]["broker"]["ok"], "RabbitMQ is back")
    ask("back")


def submit_again(tls: System) -> bool:
    """Submits a run, so that the dispatcher needs RabbitMQ; False, because its log line comes later."""
    tls.submit(SIZING)
    return False


def fail_to_start(tls: System, answers: dict[str, str], scratch: Path) -> None:
    """Starts every service with settings that cannot work."""
    good = tls.stack.environment()
    secret = PLANTED["wrong"]
    postgres, rabbitmq = urlsplit(good["EPSM_DATABASE_URL"]), urlsplit(good["EPSM_BROKER_URL"])
    wrong = {
        "EPSM_DATABASE_URL": f"postgresql://epsm:{secret}@{HOST}:{secret}/epsm",
        "EPSM_BROKER_URL": f"amqps://epsm:x@{secret}@{HOST}/epsm",
        "EPSM_STORAGE_URL": f"s3://key:{secret}@bucket/prefix",
    }
    for module in ("api_service", "sim_worker", "scheduler_service", "shared.db upgrade"):
        code, said = run(module, {**good, **wrong})
        answers[f"{module} with wrong settings"] = said
        assert code == 1
        assert said.startswith("error: EPSM_"), said
        assert all(name in said for name in wrong), said
    mistaken = {
        "EPSM_DATABASE_URL": f"postgresql://epsm:{secret}@{postgres.hostname}:{postgres.port}/epsm",
        "EPSM_BROKER_URL": f"amqps://epsm:{secret}@{rabbitmq.hostname}:{rabbitmq.port}/epsm",
    }
    code, said = run("shared.db upgrade", {**good, **mistaken})
    answers["migration with a wrong password"] = said
    assert (code, "password authentication failed" in said, "Traceback" in said) == (1, True, False), said
    code, answers["migration to nowhere"] = run("shared.db downgrade nowhere", good)
    assert code == 1
    ports = dict(zip(CONFIGURED.values(), free_ports(len(CONFIGURED)), strict=True))
    for module, path in (("api_service", "/readyz"), ("sim_worker", "/healthz"), ("scheduler_service", "/healthz")):
        process = Process(f"mistaken-{module}", tls.stack.directory)
        environment = {**good, **mistaken, **{name: str(port) for name, port in ports.items()}}
        process.start([sys.executable, "-m", module], environment, ROOT)
        tls.until(lambda: "password" in process.log.read_text(), f"{module} says that its password is wrong")  # noqa: B023
        answers[f"{module} with a wrong password"] = fetch(f"http://{LOOPBACK}:{environment[ports_of(module)]}{path}")
        process.stop()


def serve_from_a_store_that_is_away(tls: System, answers: dict[str, str]) -> None:
    """Starts an API and a scheduler whose S3 store does not respond."""
    closed, api, health, scheduler = free_ports(4)
    environment = {
        **tls.stack.environment(),
        "EPSM_STORAGE_URL": "s3://bucket/prefix",
        "EPSM_S3_ENDPOINT_URL": f"http://{LOOPBACK}:{closed}",
        "EPSM_API_PORT": str(api),
        "EPSM_API_HEALTH_PORT": str(health),
        "EPSM_SCHEDULER_PORT": str(scheduler),
    }
    for module, port, path in (("api_service", api, "/readyz"), ("scheduler_service", scheduler, "/healthz")):
        process = Process(f"storeless-{module}", tls.stack.directory)
        process.start([sys.executable, "-m", module], environment, ROOT)
        tls.until(lambda: fetch(f"http://{LOOPBACK}:{port}{path}") != "", f"{module} answers")  # noqa: B023
        answers[f"{module} without its store"] = fetch(f"http://{LOOPBACK}:{port}{path}")
        if module == "scheduler_service":
            tls.until(lambda: "job.away" in process.log.read_text(), "the scheduler misses its store")  # noqa: B023
        process.stop()
    assert "Could not connect to the endpoint" in answers["api_service without its store"]
