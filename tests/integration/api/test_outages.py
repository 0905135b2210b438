"""Responses during outages of Postgres or the storage, and after internal errors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr

from api_service.app import close_app, create_app
from shared.settings import Settings
from shared.storage.local import LocalStorage
from tests.integration.api.conftest import Client
from tests.integration.api.list_broker import ListBroker

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def without_database(tmp_path: Path) -> Iterator[Flask]:
    address = SecretStr("postgresql+psycopg2://epsm@127.0.0.1:1/epsm")
    settings = Settings(database_url=address, scratch_directory=tmp_path)
    app = create_app(settings, broker=ListBroker(), storage=LocalStorage(tmp_path / "storage"))
    yield app
    close_app(app)


@pytest.mark.parametrize("path", ["/api/v1/simulations", "/api/v1/workers", f"/api/v1/runs/{UNKNOWN}"])
def test_without_the_database_clients_get_503_with_retry_after(without_database: Flask, path: str) -> None:
    answer = without_database.test_client().get(path)

    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0


def test_without_the_database_legacy_clients_get_their_form_of_error(without_database: Flask) -> None:
    answer = without_database.test_client().get(f"/api/simulation/{UNKNOWN}/status/")

    assert answer.status_code == 503
    assert "database" in answer.get_json()["error"]


def test_without_the_database_the_process_lives_but_is_not_ready(without_database: Flask) -> None:
    client = without_database.test_client()

    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["parts"]["database"]["ok"] is False
    assert answer.get_json()["parts"]["storage"]["ok"] is True


def test_without_the_storage_a_submission_is_not_taken(api: Client, model: bytes, weather: bytes) -> None:
    for path in sorted(api.stored.rglob("*"), reverse=True):
        path.rmdir()
    api.stored.rmdir()
    api.stored.write_bytes(b"not a directory")

    answer = api.submit([("a.idf", model)], [("b.epw", weather)])

    assert answer.status_code == 503
    assert api.get(f"/api/v1/simulations?owner={api.owner}").get_json()["items"] == []


def test_details_of_internal_errors_are_not_shown(api: Client) -> None:
    @api.app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the password is swordfish")

    answer = api.get("/broken")

    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "swordfish" not in answer.text


def test_a_file_name_in_pieces_is_stored_whole(api: Client, model: bytes, weather: bytes) -> None:
    answer = api.submit([("Bu\u0308ro.idf", model)], [("b.epw", weather)])

    assert api.runs(answer.get_json()["id"])[0]["model"] == "B\u00fcro.idf"
