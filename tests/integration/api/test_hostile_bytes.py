"""Any uploaded bytes get a documented response, and a rejected upload leaves no row and no file."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from deploy.local.postgres import PostgresServer
from shared.settings import Settings
from tests.fuzzing import examples
from tests.integration.api.conftest import Client, running_api
from tests.integration.api.forms import BOUNDARY, LEGACY, PLAIN, V1, form, part, whole, zipped
from tests.mutations import mutations
from tests.servers import TEMPLATE

#: Documented statuses of a submission in each contract; 201 and 200 mean that files have been stored.
DOCUMENTED = {V1: {201, 400, 409, 413, 415, 422, 429}, LEGACY: {200, 400, 413, 422, 429}}
TAKEN = {200, 201}


@pytest.fixture(scope="module")
def api(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    directory = tmp_path_factory.mktemp("hostile")
    postgres_server.create_database("hostile", template=TEMPLATE)
    settings = Settings(
        database_url=SecretStr(postgres_server.url("hostile")),
        scratch_directory=directory / "scratch",
        max_body_bytes=4 * 1024**2,
        max_files=20,
        max_runs=100,
        owner_request_rate="",
        owner_queued_runs=0,
    )
    with running_api(settings, directory) as running:
        yield running


@pytest.fixture(scope="module")
def seeds(weather: bytes) -> dict[str, bytes]:
    """Valid files of every kind; small, so that mutations change something relevant."""
    idf = b"Version,25.2;\nBuilding,B,0,City,0.04,0.4,FullExterior,25,6;\nSchedule:File,S,,hours.csv,1,0,8760;\n"
    epjson = {"Version": {"Version 1": {"version_identifier": "25.2"}}, "Building": {"B": {"north_axis": 0}}}
    spec = {
        "name": "n",
        "annual": True,
        "outputs": [{"variable": "Zone Mean Air Temperature", "frequency": "hourly"}],
        "parameters": [{"name": "p", "object": "Building", "field": "North Axis", "values": [1, "2"]}],
        "limits": {"soft_seconds": 5, "hard_seconds": 10},
    }
    return {
        "idf": idf,
        "epjson": json.dumps(epjson).encode(),
        "epw": weather,
        "csv": b"1.0,2.0\n" * 20,
        "zip": zipped({"a.idf": idf, "b.idf": idf + b"\n"}),
        "spec": json.dumps(spec).encode(),
    }


def send(api: Client, path: str, body: bytes, **headers: str) -> int:
    """Sends it by POST; every response must be documented, and a rejected submission must leave nothing."""
    rows, stored = api.count_rows(), api.left_files()

    answer = api.post(path, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}", headers=headers)

    assert answer.status_code in DOCUMENTED[path], answer.get_data(as_text=True)
    if answer.status_code not in TAKEN:
        said = answer.get_json()
        assert said["error" if path == LEGACY else "detail"]
        assert (api.count_rows(), api.left_files()) == (rows, stored)
    assert list(api.scratch.iterdir()) == []
    return answer.status_code


def test_what_is_mutated_would_be_taken_as_it_is(api: Client, seeds: dict[str, bytes]) -> None:
    plain = {**seeds, "idf": PLAIN, "zip": zipped({"z.idf": PLAIN})}

    assert send(api, V1, form(V1, seeds)) == 201
    assert send(api, LEGACY, form(LEGACY, plain)) == 200


@pytest.mark.parametrize("kind", ["idf", "epjson", "epw", "csv", "zip", "spec"])
def test_a_mutated_file_is_taken_or_refused(api: Client, seeds: dict[str, bytes], kind: str) -> None:
    path = V1 if kind in ("csv", "spec") else None

    @examples(60)
    @given(content=mutations(seeds[kind]), contract=st.sampled_from([path] if path else [V1, LEGACY]))
    def try_one(content: bytes, contract: str) -> None:
        send(api, contract, form(contract, {**seeds, kind: content}))

    try_one()


@pytest.mark.parametrize("path", [V1, LEGACY])
def test_a_mutated_body_is_taken_or_refused(api: Client, seeds: dict[str, bytes], path: str) -> None:
    small = {**seeds, "epw": seeds["epw"][:3000]}

    @examples(150)
    @given(body=mutations(form(path, small)))
    def try_one(body: bytes) -> None:
        send(api, path, body)

    try_one()


@pytest.mark.parametrize("path", [V1, LEGACY])
def test_any_name_is_taken_or_refused(api: Client, seeds: dict[str, bytes], path: str) -> None:
    model, weather = ("models", "weather") if path == V1 else ("idf_files", "weather_file")
    names = st.text(st.characters(codec="utf-8") | st.sampled_from('./\\:";%\x00\r\n\u202e'), max_size=30)

    @examples(80)
    @given(field=st.just(model) | names, name=names.map(lambda name: name + ".idf") | names, other=names)
    def try_one(field: str, name: str, other: str) -> None:
        send(api, path, whole(part(field, PLAIN, name), part(weather, seeds["epw"], other)))

    try_one()


def test_any_text_field_and_header_is_taken_or_refused(api: Client, seeds: dict[str, bytes]) -> None:
    texts = st.sampled_from(["", "low", "null", "0", "é", "a" * 300]) | st.text(max_size=20)
    header = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)

    @examples(80)
    @given(name=texts, description=texts, priority=texts, key=header, owner=header)
    def try_one(name: str, description: str, priority: str, key: str, owner: str) -> None:
        fields = {"name": name, "description": description, "priority": priority}
        body = whole(
            part("idf_files", PLAIN, "a.idf"),
            part("weather_file", seeds["epw"], "w.epw"),
            *(part(field, text.encode("utf-8", "surrogatepass")) for field, text in fields.items()),
        )
        send(api, LEGACY, body, **{"Idempotency-Key": key, "X-EPSM-Owner": owner})

    try_one()


KEYS = ("models", "weather", "files", "name", "sha256", "parameters", "values", "outputs", "limits", "priority")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just("0" * 64),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


def test_any_json_is_taken_or_refused(api: Client) -> None:
    rows, stored = api.count_rows(), api.left_files()

    @examples(200)
    @given(body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50))
    def try_one(body: bytes) -> None:
        answer = api.post(V1, data=body, content_type="application/json")

        assert answer.status_code in DOCUMENTED[V1] - TAKEN, answer.get_data(as_text=True)

    try_one()
    assert (api.count_rows(), api.left_files()) == (rows, stored)


@pytest.mark.parametrize("path", ["/api/v1/simulations", "/api/v1/runs", "/api/v1/runs/{run}/messages"])
def test_any_query_is_answered_or_refused(api: Client, path: str) -> None:
    names = ["limit", "cursor", "status", "name", "owner", "created_after", "created_before", "engine", "worker"]
    values: Callable[..., Any] = st.text
    made = st.lists(st.tuples(st.sampled_from([*names, "simulation_id", "severity"]) | values(max_size=5), values()))
    runs = api.get("/api/v1/runs").get_json()["items"]
    address = path.format(run=runs[0]["id"] if runs else "0" * 32)

    @examples(60)
    @given(query=made)
    def try_one(query: list[tuple[str, str]]) -> None:
        assert api.get(address, query_string=query).status_code in (200, 404, 422)

    try_one()


def test_any_range_and_tag_of_a_download_is_answered(api: Client, seeds: dict[str, bytes]) -> None:
    send(api, V1, form(V1, seeds))
    simulation = api.get("/api/v1/simulations").get_json()["items"][0]["links"]["self"]
    href = api.get(simulation).get_json()["inputs"][0]["href"]
    header = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
    ranges = header | st.from_regex(r"bytes=-?[0-9]{0,25}-?[0-9]{0,25}(,[0-9]*-)?", fullmatch=True)

    @examples(80)
    @given(asked=ranges, tag=header)
    def try_one(asked: str, tag: str) -> None:
        answer = api.get(href, headers={"Range": asked, "If-None-Match": tag, "If-Range": tag})

        assert answer.status_code in (200, 206, 304, 416)

    try_one()
