"""Invalid settings stop the process with an error message."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine

from shared.settings import PREFIX, Settings, SettingsError, read_settings

ROOT = Path(__file__).parents[2]
OPERATIONS = ROOT / "docs/operations.md"
#: Variables of the user's own shell, not settings.
IN_THE_SHELL = {"EPSM_TOKEN"}
UNITS = {"": 1, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in __import__("os").environ if name.startswith("EPSM_")]:
        monkeypatch.delenv(name)


def test_the_defaults_are_those_of_the_legacy_service() -> None:
    settings = read_settings()

    assert (settings.soft_limit_seconds, settings.hard_limit_seconds) == (3300, 3600)
    assert settings.api_host == settings.health_host == "127.0.0.1"


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPSM_ENGINES", "9.6.0, 25.2.0,24.1.0")

    assert read_settings().engines == ("9.6.0", "25.2.0", "24.1.0")
    assert read_settings().served_engine == "25.2.0"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"EPSM_COLOUR": "red"}, "unknown setting EPSM_COLOUR"),
        ({"EPSM_CONCURRENCY": "many"}, "EPSM_CONCURRENCY"),
        ({"EPSM_CONCURRENCY": "0"}, "EPSM_CONCURRENCY"),
        ({"EPSM_SOFT_LIMIT_SECONDS": "7000"}, "EPSM_SOFT_LIMIT_SECONDS is above EPSM_HARD_LIMIT_SECONDS"),
        ({"EPSM_CONSUMER_TIMEOUT_SECONDS": "1800"}, "EPSM_CONSUMER_TIMEOUT_SECONDS"),
        ({"EPSM_LEASE_SECONDS": "3"}, "at least twice EPSM_BEAT_SECONDS"),
        ({"EPSM_ENGINES": ""}, "names no engine"),
        ({"EPSM_WORKER_ENGINE": "1.0.0"}, "EPSM_WORKER_ENGINE 1.0.0"),
    ],
)
def test_unknown_unreadable_or_contradictory_settings_are_reported(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], said: str
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=said):
        read_settings()


def test_secrets_are_not_shown() -> None:
    assert "hunter2" not in repr(read_settings(database_url="postgresql://u:hunter2@h/d"))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_an_address_of_postgres_as_operators_hand_it_out_is_taken(scheme: str) -> None:
    settings = read_settings(database_url=SecretStr(f"{scheme}://epsm:word@db:5432/epsm?sslmode=require"))

    url = settings.database_url.get_secret_value()
    assert url == "postgresql+psycopg2://epsm:word@db:5432/epsm?sslmode=require"
    create_engine(url)


def test_another_database_is_refused_without_telling_its_password() -> None:
    with pytest.raises(SettingsError, match="EPSM_DATABASE_URL: is not an address of Postgres") as refused:
        read_settings(database_url=SecretStr("mysql://epsm:word@db/epsm"))
    assert "word@" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("rabbitmq:15672", "begins with neither http:// nor https://"),
        ("amqp://rabbitmq:15672", "begins with neither http:// nor https://"),
        ("http://epsm:swordfish@rabbitmq:15672", "user and password are those of EPSM_BROKER_URL"),
    ],
)
def test_an_address_of_the_management_api_holds_no_password(address: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as refused:
        read_settings(broker_management_url=address)
    assert "swordfish" not in str(refused.value)


def test_an_address_of_the_management_api_may_be_empty_or_end_with_a_slash() -> None:
    assert read_settings(broker_management_url="").broker_management_url is None
    assert (
        read_settings(broker_management_url="http://rabbitmq:15672/").broker_management_url == "http://rabbitmq:15672"
    )


def test_documents_name_no_variable_that_is_gone() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | IN_THE_SHELL
    for name in (".env.example", "compose.yaml"):
        known |= set(re.findall(r"EPSM_[A-Z0-9_]+", (ROOT / "deploy/compose" / name).read_text()))

    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        named = set(re.findall(r"EPSM_[A-Z0-9_]*[A-Z0-9](?![A-Z0-9_$]|…)", document.read_text()))
        assert named <= known, document


def test_the_table_of_settings_has_their_defaults() -> None:
    settings, rows = read_settings(), re.findall(r"(?m)^\| (`EPSM_[^|]*) \| ([^| ][^|]*) \|", OPERATIONS.read_text())
    documented: dict[str, object] = {}
    for names, defaults in rows:
        for name, default in zip(re.findall(r"EPSM_([A-Z_]+)", names), defaults.split(", "), strict=True):
            number, _, unit = default.partition(" ")
            documented[name.lower()] = int(number) * UNITS[unit] if number.isdecimal() else default.strip("`")

    assert documented.pop("concurrency") == "cores"
    assert documented
    assert documented == {name: getattr(settings, name) for name in documented}
