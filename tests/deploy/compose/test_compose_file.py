"""The compose file, checked without Docker."""

import json
import re
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from shared.settings import PREFIX, Settings, read_settings
from tests.deploy.compose.composition import (
    DIRECTORY,
    ROOT,
    TEXT,
    composition,
    raw,
    required,
    seconds,
    services,
    size,
)
from tests.deploy.images.dockerfile import DOCKERFILE, inherited
from tests.deploy.images.tools import compose_schema

SERVICES = services()
OURS = ("migrate", "api", "scheduler", "worker")
#: Time that a worker needs after its drain: engines are killed, runs are given back, threads end.
GIVE_BACK_SECONDS = 25
#: Python, its libraries and the threads of a worker, without engines.
WORKER_OWN_BYTES = 512 * 2**20


def test_the_file_follows_the_compose_specification() -> None:
    assert violations(TEXT) == []


def test_a_misspelt_key_is_found() -> None:
    assert violations(TEXT.replace("    stop_grace_period:", "    stop_grace_periode:"))


def violations(text: str) -> list[str]:
    schema = json.loads(compose_schema().read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [error.message for error in validator.iter_errors(yaml.safe_load(text))]


def test_it_starts_with_only_the_env_file_of_the_one_line_command(tmp_path: Path) -> None:
    example = (DIRECTORY / ".env.example").read_text()
    (tmp_path / "deploy" / "compose").mkdir(parents=True)
    (tmp_path / "deploy" / "compose" / ".env.example").write_text(example)
    command = next(line for line in example.splitlines() if "openssl" in line).removeprefix("#").strip()

    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True)

    made = tmp_path / "deploy" / "compose" / ".env"
    variables = dict(re.findall(r"^(\w+)=(.*)$", made.read_text(), re.MULTILINE))
    passwords = [variables[name] for name in required()]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert len(set(passwords)) == len(passwords) == 6
    assert all(re.fullmatch(r"[0-9a-f]{48}", password) for password in passwords)
    assert set(services(variables)) == set(SERVICES)


def test_it_refuses_to_start_without_passwords() -> None:
    with pytest.raises(KeyError, match="EPSM_POSTGRES_SERVICE_PASSWORD"):
        services({})


def test_the_example_names_only_used_variables() -> None:
    named = set(re.findall(r"^#?([A-Z_0-9]+)=", (DIRECTORY / ".env.example").read_text(), re.MULTILINE))
    used = set(re.findall(r"\$\{(\w+)", TEXT)) | {*raw()["migrate"]["build"]["args"]} | {"COMPOSE_PROFILES"}
    handed_on = {name for service in raw().values() for name, value in environment(service).items() if value is None}
    assert named <= used | handed_on


def test_no_secret_is_in_clear_text() -> None:
    secret = re.compile(r"PASS|SECRET|(^|_)KEY|TOKEN")
    for name, service in raw().items():
        for variable, value in environment(service).items():
            if secret.search(variable):
                assert value is None or re.fullmatch(r"\$\{\w+(:\?[^}]*|:-)\}", str(value)), f"{name}: {variable}"
    for address in re.findall(r"//[^\s/@]+:[^\s@]*@", TEXT):
        assert re.fullmatch(r"//\w+:\$\{\w+:\?[^}]*\}@", address)
    users = json.loads((DIRECTORY / "definitions.json").read_text())["users"]
    assert [(user["name"], user["password"]) for user in users] == [("epsm", "@PASSWORD@")]
    assert ".env" in (DIRECTORY / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_minimal_privileges(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    user = service.get("user") or inherited(target(service), "USER", DOCKERFILE.read_text())[-1]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not {"cap_add", "privileged", "network_mode", "pid", "devices"} & set(service)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:\d+", user)
    assert size(limits["memory"]) <= 4 * 2**30
    assert limits["pids"] <= 1024
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_health_check_unless_it_runs_only_once(name: str) -> None:
    service = SERVICES[name]
    if service["restart"] == "no":
        others = [other["depends_on"] for other in SERVICES.values() if isinstance(other.get("depends_on"), dict)]
        assert "service_completed_successfully" in {other[name]["condition"] for other in others if name in other}
        return
    assert service["restart"] == "unless-stopped"
    own = service.get("healthcheck", {}).get("test")
    assert own or inherited(target(service), "HEALTHCHECK", DOCKERFILE.read_text())


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(published) == 6
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in published)


def test_only_services_with_a_published_port_are_on_an_external_network() -> None:
    assert composition()["networks"]["inside"]["internal"] is True
    for name, service in SERVICES.items():
        assert ("outside" in service["networks"]) == bool(service.get("ports")), name


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in {PREFIX + field.upper() for field in Settings.model_fields}:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", OURS)
def test_our_services_accept_their_settings(name: str, bare_environment: pytest.MonkeyPatch) -> None:
    variables = environment(SERVICES[name])
    # An unknown setting would stop the process, one without a value only when the operator sets it.
    assert set(variables) <= {PREFIX + field.upper() for field in Settings.model_fields}
    for variable, value in variables.items():
        if value is not None:
            bare_environment.setenv(variable, str(value))
    settings = read_settings()
    assert settings.auth_required
    assert settings.api_host == settings.health_host == "0.0.0.0"  # noqa: S104  (inside a container)
    roles = {"epsm_service": settings.database_url, "epsm_owner": settings.migration_database_url}
    for role, url in roles.items():
        if url is not None:
            password = f"{role.replace('epsm_', 'epsm_postgres_')}_password"
            assert url.get_secret_value() == f"postgresql+psycopg2://{role}:{password}@postgres/epsm"
    # Services know the owner's password as little as the superuser's.
    assert (settings.migration_database_url is not None) == (name == "migrate")
    assert name == "migrate" or "owner_password" not in json.dumps(variables)


def test_the_superuser_of_postgres_makes_roles_and_nothing_else() -> None:
    with_password = {name for name, service in SERVICES.items() if "epsm_postgres_password" in json.dumps(service)}
    assert with_password == {"postgres", "roles"}
    assert environment(SERVICES["postgres-exporter"])["DATA_SOURCE_USER"] == "epsm_exporter"


def test_a_worker_has_time_to_give_its_runs_back() -> None:
    drain = int(environment(SERVICES["worker"])["EPSM_DRAIN_SECONDS"])
    assert seconds(SERVICES["worker"]["stop_grace_period"]) > drain + GIVE_BACK_SECONDS


def test_a_worker_has_memory_for_the_largest_models_it_allows() -> None:
    variables = environment(SERVICES["worker"])
    engines = int(variables["EPSM_CONCURRENCY"]) * int(variables["EPSM_MEMORY_LIMIT_BYTES"])
    assert engines + WORKER_OWN_BYTES <= size(SERVICES["worker"]["deploy"]["resources"]["limits"]["memory"])


def test_consumer_timeout_is_the_one_in_the_settings_of_our_services() -> None:
    timeouts = {environment(SERVICES[name])["EPSM_CONSUMER_TIMEOUT_SECONDS"] for name in OURS}
    assert [1000 * int(timeout) for timeout in timeouts] == [int(rabbitmq_setting("consumer_timeout"))]


def test_rabbitmq_blocks_publishers_before_it_is_killed() -> None:
    watermark = size(rabbitmq_setting("vm_memory_high_watermark.absolute"))
    assert 1.5 * watermark < size(SERVICES["rabbitmq"]["deploy"]["resources"]["limits"]["memory"])


def test_images_are_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for name, service in SERVICES.items():
        image = service["image"]
        if name in OURS:
            assert image == f"epsm/{'scheduler' if name == 'migrate' else name}:{version}"
        else:
            assert re.search(r":v?\d+\.\d+[^@]*@sha256:[0-9a-f]{64}$", image), name


def test_mounted_files_exist() -> None:
    mounts = [volume.split(":") for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert {source for source, *_ in mounts if source[0] != "."} == set(composition()["volumes"])
    for source, _, *mode in (mount for mount in mounts if mount[0][0] == "."):
        assert (DIRECTORY / source).exists(), source
        assert mode == ["ro"]


def test_prometheus_scrapes_services_that_exist() -> None:
    scraped = yaml.safe_load((DIRECTORY / "../monitoring/prometheus/prometheus.yml").read_text())["scrape_configs"]
    static = [target for job in scraped for config in job.get("static_configs", ()) for target in config["targets"]]
    names = [name for job in scraped for config in job.get("dns_sd_configs", ()) for name in config["names"]]
    hosts = {target.partition(":")[0] for target in static} | set(names)
    assert hosts - {"localhost"} <= set(SERVICES)
    assert hosts >= {"api", "worker", "scheduler", "rabbitmq", "postgres-exporter"}


def environment(service: dict[str, Any]) -> dict[str, Any]:
    return dict(service.get("environment", {}))


def target(service: dict[str, Any]) -> str:
    """Which of our images a service uses."""
    return str(service["image"]).rpartition("/")[2].partition(":")[0]


def rabbitmq_setting(name: str) -> str:
    lines = (DIRECTORY / "rabbitmq.conf").read_text().splitlines()
    return dict(line.split(" = ", 1) for line in lines if " = " in line and not line.startswith("#"))[name]
