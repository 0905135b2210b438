"""Static files: their addresses, compression, caching, and that no other file can be had."""

import gzip
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api_service.http import errors
from api_service.web import assets

GZIP = {"Accept-Encoding": "gzip"}
#: Most bytes of a page without charts and with them, compressed.
WITHOUT_CHARTS = 250_000
WITH_CHARTS = 600_000


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    app = Flask("test", static_folder=None)
    app.register_blueprint(assets.blp)
    errors.register(app)
    with app.test_request_context():
        yield app.test_client()


@pytest.mark.parametrize("name", ["css/variables.css", "js/views/simulations.js", "vendor/echarts.js", "icon.svg"])
def test_a_file_is_kept_for_ever_and_compressed(client: FlaskClient, name: str) -> None:
    plain = client.get(assets.address(name))
    compressed = client.get(assets.address(name), headers=GZIP)

    assert plain.status_code == compressed.status_code == 200
    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain.data == (assets.DIRECTORY / name).read_bytes()
    assert compressed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert compressed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != compressed.headers["ETag"]


def test_a_file_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    address = assets.address("css/components.css")
    known = client.get(address, headers=GZIP).headers["ETag"]

    again = client.get(address, headers={**GZIP, "If-None-Match": known})

    assert (again.status_code, again.data) == (304, b"")


def test_pages_of_another_version_get_this_one_and_may_not_keep_it(client: FlaskClient) -> None:
    answer = client.get("/static/0123456789abcdef/js/api.js")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name",
    [
        "../assets.py",
        "..%2fassets.py",
        "js/../../assets.py",
        "%2e%2e/assets.py",
        "/etc/passwd",
        "vendor/.installed",
        "js",
    ],
)
def test_nothing_else_can_be_had(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{assets.assets().version}/{name}")

    assert answer.status_code in (308, 404)
    assert b"DIRECTORY" not in answer.data


def test_an_unknown_name_in_a_template_is_an_error(client: FlaskClient) -> None:
    with pytest.raises(LookupError, match="make setup"):
        assets.address("vendor/none.js")


def test_the_first_load_is_small() -> None:
    sizes = {name: len(asset.compressed) for name, asset in assets.assets().files.items()}
    ours = sum(size for name, size in sizes.items() if not name.startswith("vendor/"))

    assert ours < WITHOUT_CHARTS
    assert sum(sizes.values()) < WITH_CHARTS
    assert re.fullmatch("[0-9a-f]{16}", assets.assets().version)
