"""Files that helpers read for a request: which one is at fault when a helper ends, and what is not believed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api_service.http.helpers import Helpers
from api_service.submission.reading import MAX_ENDED
from shared.energyplus.findings import Finding
from shared.energyplus.inspection import Inspected, InspectedFiles
from shared.energyplus.intake import ModelFacts, WeatherFacts
from shared.settings import Settings
from tests.integration.api.conftest import Client, running_api

#: 6 MB with half a million keys, which take more than ten times as much to be read.
GREEDY = b'{"Version": {"v": {"version_identifier": "25.2"}}, "Zone": {"Z": {%s}}}' % b",".join(
    b'"k%d":1' % number for number in range(500_000)
)
TOO_MUCH = "reading this model took more than 64 MB of memory"
LEAST = 64 << 20


@pytest.fixture
def narrow(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    """The API whose helpers have as little memory as they may."""
    little = {"api_helper_memory_bytes": LEAST, "max_body_bytes": 64 << 20}
    with running_api(settings.model_copy(update=little), tmp_path) as running:
        yield running


def test_the_file_that_ends_a_helper_is_at_fault_and_the_others_are_read(
    narrow: Client, model: bytes, weather: bytes
) -> None:
    models = [("a.idf", model), ("greedy.epJSON", GREEDY), ("wrong.idf", b"Version,8.9;"), ("b.idf", model)]

    answer = narrow.submit(models, [("w.epw", weather)])

    assert answer.status_code == 422
    faults = [(fault["field"], fault["message"]) for fault in answer.get_json()["errors"]]
    assert faults[0] == ("models[1]", f"'greedy.epJSON': {TOO_MUCH}")
    assert [field for field, _ in faults] == ["models[1]", "models[2]"]
    assert narrow.left_files() == []


def test_a_dry_run_says_so_of_the_file_and_shows_the_others(narrow: Client, model: bytes, weather: bytes) -> None:
    answer = narrow.form(
        "/api/v1/simulations?dry_run=true",
        {"models": [("greedy.epJSON", GREEDY), ("b.idf", model)], "weather": [("w.epw", weather)]},
    )

    greedy, small = answer.get_json()["models"]
    assert [error["message"] for error in greedy["errors"]] == [TOO_MUCH]
    assert small["errors"] == []
    assert small["zones"] > 0


def test_the_old_pages_parse_refuses_it_too(narrow: Client) -> None:
    answer = narrow.form("/api/parse/idf/", {"files": [("greedy.epJSON", GREEDY)]})

    assert (answer.status_code, answer.get_json()["message"]) == (400, f"files[0]: 'greedy.epJSON': {TOO_MUCH}")


def test_files_that_end_one_helper_after_the_other_are_not_all_read(narrow: Client, weather: bytes) -> None:
    models = [(f"{number}.epJSON", GREEDY + b" " * number) for number in range(MAX_ENDED + 2)]

    answer = narrow.submit(models, [("w.epw", weather)])

    assert [fault["field"] for fault in answer.get_json()["errors"]] == [f"models[{n}]" for n in range(MAX_ENDED)]


FACTS, PLACE = ModelFacts("25.2.0", "B", 3, False), WeatherFacts("Chicago", 42, -88, 190, -6, 8760)


@pytest.mark.parametrize(
    "lies",
    [
        (Inspected(model=FACTS),),
        (Inspected(model=FACTS), Inspected(model=FACTS)),
        (Inspected(weather=PLACE), Inspected(weather=PLACE)),
        (Inspected(), Inspected(weather=PLACE)),
        (Inspected(model=replace(FACTS, engine="9.9.9")), Inspected(weather=PLACE)),
        (Inspected((Finding("no"),), model=FACTS), Inspected(weather=PLACE)),
    ],
    ids=["too few", "no weather", "no model", "nothing", "an engine that is not here", "both refused and accepted"],
)
def test_an_answer_that_no_honest_helper_gives_is_not_believed(
    lies: tuple[Inspected, ...], api: Client, monkeypatch: pytest.MonkeyPatch, model: bytes, weather: bytes
) -> None:
    monkeypatch.setattr(Helpers, "call", lambda *_: InspectedFiles(lies))

    answer = api.submit([("a.idf", model)], [("w.epw", weather)])

    assert answer.status_code == 422
    assert "gave an answer that is none" in answer.get_json()["detail"]


def test_many_small_files_are_read_by_few_helpers(
    settings: Settings, tmp_path: Path, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(f"{number}.csv", b"%d\n" % number) for number in range(300)]
    with running_api(settings.model_copy(update={"max_files": 1000}), tmp_path) as running:
        asked = list[str]()
        call = Helpers.call

        def noting(helpers: Helpers, job: Any, *rest: Any) -> Any:
            asked.append(job.name)
            return call(helpers, job, *rest)

        monkeypatch.setattr(Helpers, "call", noting)

        assert running.submit([("a.idf", model)], [("w.epw", weather)], many).status_code == 201

    assert asked == ["inspect"] * 4
