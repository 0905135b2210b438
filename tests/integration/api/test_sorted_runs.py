"""Lists of runs: sorted, searched, filtered by time, a page at a time."""

import itertools
from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.api.conftest import Client

Json = dict[str, Any]
#: Index of the run, seconds from the first start to its own, its duration, its intensity, its status.
ENDED = [
    (0, 10, 50.0, 120.5, "succeeded"),
    (1, 0, 10.0, None, "failed"),
    (2, 20, 30.0, 80.25, "succeeded"),
    (3, 5, 30.0, None, "succeeded"),
]
ENDS = """
UPDATE runs SET attempt = 1, status = '{status}', progress = {progress}, started_at = {base} + interval '{start} s',
    ended_at = {base} + interval '{end} s', error_code = {error}, error_message = {error},
    verdict = {verdict}
WHERE index = {index}
"""
BASE = "timestamptz '2026-01-01 00:00:00Z'"


@pytest.fixture
def simulation(api: Client, model: bytes, weather: bytes) -> Json:
    """Seven runs: three succeeded, one failed, one cancelled before its start, one running, one queued."""
    api.post("/api/v1/fleet/pause")
    turn = {"name": "t", "object": "Building", "field": "North Axis", "values": [float(n) for n in range(7)]}
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [turn]})
    runs = api.runs(answer.get_json()["id"])
    with api.database.transaction() as connection:
        for index, start, seconds, eui, status in ENDED:
            if eui is not None:
                connection.execute(
                    text(
                        "INSERT INTO results (run_id, attempt, metrics) VALUES (:id, 1, jsonb_build_object(:n, :eui))"
                    ),
                    {"id": runs[index]["id"], "n": "site_eui_kwh_per_m2", "eui": eui},
                )
            is_good = status == "succeeded"
            statement = ENDS.format(
                status=status,
                progress=100 if is_good else 0,
                base=BASE,
                start=start,
                end=start + seconds,
                error="NULL" if is_good else "'Severe: no such 100% schedule'",
                verdict="'success'" if is_good else "'fatal'",
                index=index,
            )
            connection.execute(text(statement))
        connection.execute(text("UPDATE simulations SET succeeded = 3, failed = 1"))
    api.post(f"/api/v1/runs/{runs[4]['id']}/cancel")
    api.post("/api/v1/fleet/resume")
    api.start(runs[5])
    return dict(answer.get_json())


def indexes(api: Client, path: str, query: str = "", limit: int = 200) -> list[int]:
    """The indexes of the runs on all pages."""
    found: list[int] = []
    cursor = ""
    for _ in itertools.repeat(None, 50):
        answer = api.get(f"{path}?limit={limit}&{query}{cursor}")
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        assert len(page["items"]) <= limit
        found += [run["index"] for run in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
    raise AssertionError("the list does not end")


@pytest.mark.parametrize(
    ("sort", "values", "others"),
    [
        ("created", [], [0, 1, 2, 3, 4, 5, 6]),
        ("-created", [], [0, 1, 2, 3, 4, 5, 6]),
        ("started", [1, 3, 0, 2, 5], [4, 6]),
        ("-started", [5, 2, 0, 3, 1], [4, 6]),
        ("ended", [1, 3, 2, 0, 4], [5, 6]),
        ("-ended", [4, 0, 2, 3, 1], [5, 6]),
        ("-seconds", [0, None, None, 1], [4, 5, 6]),
        ("seconds", [1, None, None, 0], [4, 5, 6]),
        ("site_eui_kwh_per_m2", [2, 0], [1, 3, 4, 5, 6]),
        ("-site_eui_kwh_per_m2", [0, 2], [1, 3, 4, 5, 6]),
    ],
)
def test_runs_are_sorted_with_those_without_a_value_last(
    api: Client, simulation: Json, sort: str, values: list[int | None], others: list[int]
) -> None:
    twins = sorted((2, 3), key=lambda index: api.runs(simulation["id"])[index]["id"], reverse=sort.startswith("-"))
    expected = [*(twins.pop(0) if value is None else value for value in values), *others]

    for path in (f"/api/v1/simulations/{simulation['id']}/runs", "/api/v1/runs"):
        for limit in (1, 2, 3, 7, 200):
            assert indexes(api, path, f"sort={sort}", limit) == expected, (path, limit)


def test_simulations_are_sorted_by_creation_in_both_directions(api: Client, model: bytes, weather: bytes) -> None:
    made = [api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"] for _ in range(3)]

    for sort, expected in (("created", made), ("-created", made[::-1])):
        found = api.get(f"/api/v1/runs?sort={sort}").get_json()["items"]
        assert [run["simulation_id"] for run in found] == expected
    assert api.get(f"/api/v1/runs?sort=ended&simulation_id={made[0]}").get_json()["items"][0]["index"] == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=-ended&status=failed", [1]),
        ("sort=ended&status=succeeded", [3, 2, 0]),
        ("q=100%25 SCHEDULE", [1]),
        ("q=a.idf&status=queued", [6]),
        ("q=A.IDF&sort=-seconds&status=failed", [1]),
        ("q=nothing", []),
        ("q=a_idf", []),
        ("ended_after=2026-01-01T00:00:34Z&ended_before=2026-01-01T00:00:55Z&sort=ended", [3, 2]),
        ("ended_before=2026-01-01T00:00:36Z&sort=-started", [3, 1]),
        ("started_after=2026-01-01T00:00:05Z&started_before=2026-01-01T00:00:20Z", [0]),
        ("started_before=2026-01-01T00:00:05Z&sort=started", [1]),
    ],
)
def test_lists_are_searched_and_filtered_by_time(
    api: Client, simulation: Json, query: str, expected: list[int]
) -> None:
    for path in (f"/api/v1/simulations/{simulation['id']}/runs", "/api/v1/runs"):
        for limit in (1, 200):
            assert indexes(api, path, query, limit) == expected, (path, limit)


def test_a_retried_run_leaves_the_order_and_a_deleted_simulation_too(api: Client, simulation: Json) -> None:
    path = f"/api/v1/simulations/{simulation['id']}"
    runs = api.runs(simulation["id"])
    api.post(f"/api/v1/runs/{runs[6]['id']}/cancel")
    with api.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET cancel_requested_at = now() WHERE status = 'running'"))
    claimed = next(run for run in api.runs(simulation["id"]) if run["status"] == "running")
    end_running(api, claimed)

    assert api.post(f"{path}/retry").status_code == 200
    assert indexes(api, f"{path}/runs", "sort=ended")[-1] == 1
    assert keys(api) == rows(api)
    api.post(f"{path}/cancel")
    assert api.call("DELETE", path).status_code == 204
    assert indexes(api, "/api/v1/runs", "sort=-ended") == []
    with api.database.transaction() as connection:
        connection.execute(text("DELETE FROM simulations"))
    assert keys(api) == set()


def end_running(api: Client, run: Json) -> None:
    with api.database.transaction() as connection:
        connection.execute(
            text(
                "UPDATE runs SET status = 'cancelled', ended_at = now(), lease_expires_at = NULL, deadline_at = NULL "
                "WHERE id = :id"
            ),
            {"id": run["id"]},
        )
        connection.execute(text("UPDATE simulations SET cancelled = 3, status = 'succeeded', ended_at = now()"))


def keys(api: Client) -> set[Any]:
    with api.database.transaction() as connection:
        return set(connection.execute(text("SELECT run_id, ended_at FROM ended_runs")))


def rows(api: Client) -> set[Any]:
    with api.database.transaction() as connection:
        return set(connection.execute(text("SELECT id, ended_at FROM runs WHERE ended_at IS NOT NULL")))


def test_lists_of_another_owner_are_empty_whatever_they_are_sorted_by(
    closed: Client, model: bytes, weather: bytes
) -> None:
    anna, bert = closed.calling_as("anna"), closed.calling_as("bert")
    simulation = anna.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"]
    anna.succeed(anna.runs(simulation)[0])

    for sort in ("created", "-ended", "started", "seconds", "-site_eui_kwh_per_m2"):
        assert indexes(anna, "/api/v1/runs", f"sort={sort}") == [0]
        for query in ("", "&owner=anna", f"&simulation_id={simulation}"):
            answer = bert.get(f"/api/v1/runs?sort={sort}{query}")
            assert answer.get_json() == {"items": [], "next_cursor": None}, query
        assert indexes(closed.calling_as("root", "admin"), "/api/v1/runs", f"sort={sort}&owner=anna") == [0]


@pytest.mark.parametrize("query", ["sort=name", "sort=--ended", "ended_after=yesterday", "q=" + "x" * 101])
def test_an_invalid_order_or_filter_is_refused_by_field(api: Client, query: str) -> None:
    answer = api.get(f"/api/v1/runs?{query}")

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [query.partition("=")[0]]


def test_a_cursor_fits_only_its_order(api: Client, simulation: Json) -> None:
    cursor = api.get("/api/v1/runs?sort=ended&limit=1").get_json()["next_cursor"]

    for sort in ("-ended", "started", "created"):
        answer = api.get(f"/api/v1/runs?sort={sort}&cursor={cursor}")
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "cursor"
