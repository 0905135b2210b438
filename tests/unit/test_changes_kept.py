"""The list of changes is short whatever the model is, so that it is never why a model fails."""

from pathlib import Path

from shared.energyplus.formats.epw import HEADERS
from shared.energyplus.job import Reply, adapter
from shared.energyplus.jobs import PreparedFiles, ReadFiles
from shared.energyplus.preparation.changes import LINE_CHARACTERS, LISTED, cut, summarised
from shared.energyplus.preparation.outlook import Outlook
from shared.energyplus.preparation.prepare import Parameter, Preparation, Prepared, prepare
from shared.energyplus.preparation.weather import PreparedWeather
from shared.energyplus.results.database import SHOWN_CHARACTERS
from shared.energyplus.results.environments import MAX_PERIODS
from shared.energyplus.results.messages import MAX_MESSAGE_CHARACTERS, MAX_MESSAGES, Message, Messages
from shared.energyplus.results.reading import Results
from shared.energyplus.results.sizing import MAX_ROWS
from shared.helper import REPLY_BYTES
from tests.models import ENGINE_VERSION
from tests.unit.estimating import features

#: Takes four bytes, as many as a character can.
LONG = "\N{MUSICAL SYMBOL G CLEF}" * 10_000
#: As many as a submission may have.
PARAMETERS = 50


def prepared(directory: Path, model: str, request: Preparation) -> Prepared:
    (directory / "model.idf").write_text(model)
    (directory / "work").mkdir()
    return prepare(directory / "model.idf", directory / "work", request, version=ENGINE_VERSION)


def test_of_many_objects_the_first_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    model = "Version,25.2;\n" + "".join(f"Zone,Z{n};\n" for n in range(LISTED + 50))

    changes = prepared(
        tmp_path, model, Preparation(parameters=(Parameter("Zone", "*", "Multiplier", "set", 2),))
    ).changes

    assert changes[0] == "Zone 'Z0': multiplier changed from empty to 2"
    assert changes[LISTED - 1 : LISTED + 1] == (
        f"Zone 'Z{LISTED - 1}': multiplier changed from empty to 2",
        "Zone … and 50 more: multiplier set to 2",
    )
    assert len([line for line in changes if line.startswith("Zone")]) == LISTED + 1


def test_of_many_removed_periods_the_first_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    model = "Version,25.2;\n" + "".join(f"RunPeriod,P{n},1,1,,1,2;\n" for n in range(LISTED + 2))

    changes = prepared(tmp_path, model, Preparation(annual=False)).changes

    assert "RunPeriod … and 2 more: removed" in changes
    assert len([line for line in changes if line.startswith("RunPeriod")]) == LISTED + 1


def test_a_long_name_is_cut_in_its_line(tmp_path: Path) -> None:
    request = Preparation(parameters=(Parameter("Zone", "*", "Multiplier", "set", 2),))

    (line, *_) = prepared(tmp_path, f"Version,25.2;\nZone,{'x' * 70_000};\n", request).changes

    assert len(line) == LINE_CHARACTERS
    assert line.endswith("x…")


def test_the_longest_reply_about_a_prepared_model_is_one_that_is_read() -> None:
    lines = [line for _ in range(PARAMETERS) for line in summarised([LONG] * 99_000, "Zone", LONG)]
    model = Prepared(Path(), cut(lines), Outlook(days=(365,) * 100_000), features(), False, False, False, LONG[:200])
    weather = PreparedWeather(Path(), cut([LONG] * len(HEADERS)), (), None)

    reply = adapter(Reply[PreparedFiles]).dump_json(Reply(value=PreparedFiles(model, weather)))

    assert len(reply) < REPLY_BYTES


def test_the_longest_reply_about_results_is_one_that_is_read() -> None:
    name = LONG[:SHOWN_CHARACTERS]
    sizing = {
        "zone": name,
        "load": name,
        "design_load_w": 1 / 3,
        "design_air_flow_m3_per_s": 1 / 3,
        "design_day": name,
    }
    zone = {"zone": name, "floor_area_m2": 1 / 3, "volume_m3": 1 / 3, "multiplier": 1 / 3}
    metrics = {
        "period": {"environments": [name] * MAX_PERIODS},
        "sizing": {"zones": [sizing] * MAX_ROWS, "systems": [sizing] * MAX_ROWS},
        "zones": [zone] * MAX_ROWS,
    }
    said = Messages((Message("severe", LONG[:MAX_MESSAGE_CHARACTERS], 1),) * MAX_MESSAGES, 1, 1)

    reply = adapter(Reply[ReadFiles]).dump_json(Reply(value=ReadFiles(said, Results(metrics))))

    assert len(reply) < REPLY_BYTES
