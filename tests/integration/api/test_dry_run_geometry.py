"""What a dry run says for a picture and for the choice of the weather: surfaces, place, and which file is missing."""

import pytest

from tests.integration.api.conftest import Client

DRY = "/api/v1/simulations?dry_run=true"


def test_surfaces_come_when_they_are_asked_for(api: Client, model: bytes, weather: bytes) -> None:
    files = {"models": [("a.idf", model)], "weather": [("c.epw", weather)]}
    plain = api.form(DRY, files).get_json()["models"][0]
    said = api.form(f"{DRY}&geometry=true", files).get_json()["models"][0]

    assert plain["geometry"] is None
    assert said["geometry"]["note"] is None
    assert len(said["geometry"]["surfaces"]) == 34
    wall = next(surface for surface in said["geometry"]["surfaces"] if surface["name"] == "South floor")
    assert wall == {
        "name": "South floor",
        "zone": "South",
        "boundary": "ground",
        "type": "floor",
        "base": "",
        "vertices": [[4.0, 4.0, 0.0], [16.0, 4.0, 0.0], [20.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
    }
    assert said["total_area_m2"] == pytest.approx(300)


def test_the_pictures_of_one_answer_are_bounded_together(
    api: Client, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api_service.submission.dry_run.SHOWN_VERTICES", 200)
    files = {"models": [("a.idf", model), ("b.idf", model + b"\n")], "weather": [("c.epw", weather)]}

    shown = [seen["geometry"] for seen in api.form(f"{DRY}&geometry=true", files).get_json()["models"]]

    assert [len(geometry["surfaces"]) for geometry in shown] == [34, 0]
    assert "too many surfaces" in shown[1]["note"]


def test_a_model_with_impossible_numbers_has_no_picture_and_says_why(api: Client, weather: bytes) -> None:
    model = b"Version,25.2;\nZone,Room;\nWall:Exterior,South,Brick,Room,,180,90,0,0,0,1e200,1e200;\n"
    said = api.form(f"{DRY}&geometry=true", {"models": [("a.idf", model)], "weather": [("c.epw", weather)]}).get_json()

    seen = said["models"][0]
    assert (seen["total_area_m2"], seen["geometry"]["surfaces"]) == (None, [])
    assert "South" in seen["geometry"]["note"]


@pytest.mark.usefixtures("nothing_is_left")
def test_a_model_is_looked_at_without_weather(api: Client, model: bytes) -> None:
    answer = api.form(DRY, {"models": [("a.idf", model)]})

    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert [fault["field"] for fault in said["errors"]] == ["weather"]
    assert said["errors"][0]["message"].startswith("is missing")
    assert (said["count"], said["weather"]) == (0, [])
    assert said["models"][0]["location"] == {"name": "Chicago O'Hare", "latitude": 41.98, "longitude": -87.92}
    # A submission still refuses it.
    assert api.form("/api/v1/simulations", {"models": [("a.idf", model)]}).status_code == 422
