"""Which kind of period a result is of."""

from pathlib import Path

import pytest

from shared.energyplus.results.reading import read_results
from tests.unit.eplusout import DESIGN_DAY, Period, write


@pytest.mark.parametrize(
    ("periods", "kind", "hours"),
    [
        ([Period("YEAR", 8760)], "annual", 8760),
        ([Period("LEAP YEAR", 8784)], "annual", 8784),
        ([Period("JULY", 744)], "partial", 744),
        ([Period("JANUARY", 744), Period("JULY", 744)], "multiple", 1488),
        ([Period("HOT", 24, kind=DESIGN_DAY), Period("YEAR", 8760)], "annual", 8760),
        ([Period("HOT", 24, kind=DESIGN_DAY)], "design_days", 0),
    ],
)
def test_the_period_is_named_by_what_was_simulated(
    tmp_path: Path, periods: list[Period], kind: str, hours: float
) -> None:
    write(tmp_path, periods)
    period = read_results(tmp_path, engine_seconds=1.0).metrics["period"]

    assert (period["kind"], period["hours_simulated"]) == (kind, hours)


@pytest.mark.parametrize(
    ("dates", "hours", "kind"),
    [
        ("01/01/2017,12/31/2017", 8760, "annual"),
        ("07/01/2020,06/30/2021", 8760, "annual"),
        ("01/01/2020,12/31/2020", 8784, "annual"),
        ("03/01/2019,02/29/2020", 8784, "annual"),
        ("01/01/2017,01/01/2018", 8784, "partial"),
        ("01/02/2017,01/01/2018", 8760, "annual"),
        ("01/01/2017,06/30/2018", 13104, "multiple"),
        ("99/99/9999,12/31/2017", 8760, "partial"),
    ],
)
def test_a_year_is_one_by_its_dates(tmp_path: Path, dates: str, hours: float, kind: str) -> None:
    (tmp_path / "eplusout.eio").write_text(
        f"! <Environment>,Name\n Environment,HOT,SizingPeriod:DesignDay,07/21,07/21,x\n"
        f"Environment,P,WeatherFileRunPeriod,{dates},Sunday,365,x\n"
    )

    write(tmp_path, [Period("P", hours)])

    assert read_results(tmp_path, engine_seconds=1.0).metrics["period"]["kind"] == kind
