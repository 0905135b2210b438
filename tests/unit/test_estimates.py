"""Durations as distributions, the regression that gives the first of them, and the error, from recorded runs."""

import json
import math
from dataclasses import replace

import pytest

from api_service.submission.estimate import EstimatedModel, estimate
from shared.estimates.duration import Duration, Quantiles, run_quantiles, total_quantiles
from shared.estimates.linear import solve
from shared.estimates.regression import TERMS, Sample, fit, stored
from shared.estimates.shipped import FILE, PRIOR, SHIPPED
from tests.bench.estimate import NOTHING, held_out, recorded, samples
from tests.unit.estimating import features

MINUTE = Duration(math.log(60), bias=0.4, spread=0.1)


def test_equations_are_solved() -> None:
    assert solve([[4.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 2.0]], [6.0, 10.0, 8.0]) == pytest.approx([1, 2, 3])


def test_half_of_the_runs_take_longer_than_p50_and_one_in_ten_longer_than_p90() -> None:
    found = run_quantiles([MINUTE])

    assert found.p50 == pytest.approx(60)
    assert found.p90 == pytest.approx(60 * math.exp(1.2816 * math.hypot(0.4, 0.1)), rel=1e-4)


def test_a_run_of_one_of_two_models_may_be_of_the_slow_one() -> None:
    hour = replace(MINUTE, log_median=math.log(3600))

    found = run_quantiles([MINUTE, MINUTE, hour])

    assert 60 < found.p50 < 90
    assert 3000 < found.p90 < 6000


def test_what_like_runs_took_replaces_what_was_assumed() -> None:
    once, often = MINUTE.after([120.0]), MINUTE.after([120.0] * 50)

    assert MINUTE.after([]) == MINUTE
    assert 110 < math.exp(once.log_median) < 120
    assert math.exp(often.log_median) == pytest.approx(120, rel=0.01)
    assert MINUTE.bias > once.bias > often.bias
    assert MINUTE.error_percent > once.error_percent > often.error_percent


@pytest.mark.parametrize(("runs", "slots", "rounds"), [(1, 4, 1), (4, 4, 1), (5, 4, 2), (100, 4, 25), (7, 1, 7)])
def test_the_total_is_of_whole_rounds(runs: int, slots: int, rounds: int) -> None:
    models = [EstimatedModel("a", "25.2.0", features())]

    found = estimate(models, runs, {}, SHIPPED, {"25.2.0": slots})

    assert found is not None
    assert found.total_seconds is not None
    assert found.total_seconds.p50 == pytest.approx(rounds * SHIPPED.duration(features()).mean)


def test_engines_work_at_the_same_time_and_one_without_workers_never_ends() -> None:
    models = [EstimatedModel("a", "25.2.0", features()), EstimatedModel("b", "9.6.0", features(zones=60))]

    both = estimate(models, 4, {}, SHIPPED, {"25.2.0": 1, "9.6.0": 1})
    one = estimate(models, 4, {}, SHIPPED, {"25.2.0": 1})

    assert both is not None
    assert both.total_seconds == total_quantiles([(2, SHIPPED.duration(features(zones=60)))], 1)
    assert one is not None
    assert (one.total_seconds, one.run_seconds) == (None, both.run_seconds)
    assert estimate([], 0, {}, SHIPPED, {}) is None


def test_the_differences_of_many_runs_even_out_and_a_wrong_median_does_not() -> None:
    different, wrong = Duration(0.0, bias=0.0, spread=0.4), Duration(0.0, bias=0.4, spread=0.0)

    few, many = (total_quantiles([(runs, different)], 1) for runs in (1, 400))
    assert few.p90 / few.p50 > 1.5
    assert many.p90 / many.p50 < 1.05
    off = total_quantiles([(400, wrong)], 1)
    assert off.p90 / off.p50 == pytest.approx(math.exp(1.2816 * 0.4), rel=1e-3)


def test_nothing_left_takes_no_time() -> None:
    assert total_quantiles([(0, MINUTE)], 2) == Quantiles(0.0, 0.0)


def test_a_fit_finds_what_times_depend_on() -> None:
    seen = [
        Sample(str(zones), features(zones=zones, days=days), 1.5 * math.log1p(zones) - 2.0)
        for zones in (1, 2, 5, 9, 20, 60)
        for days in (1, 30, 365)
    ]

    free = replace(NOTHING, deviations=dict.fromkeys(TERMS, 30.0))

    found = fit(seen, free)

    assert found.coefficients["zones"] == pytest.approx(1.5, abs=0.01)
    assert found.coefficients["steps"] == pytest.approx(0, abs=0.01)
    assert found.duration(features(zones=13)).log_median == pytest.approx(1.5 * math.log(14) - 2, abs=0.01)
    assert (found.models, found.runs) == (6, 18)


def test_without_attempts_the_fit_is_the_shipped_one() -> None:
    found = fit([], PRIOR)

    assert found.coefficients == pytest.approx(SHIPPED.coefficients)
    assert found.bias == pytest.approx(SHIPPED.bias)
    assert found.models == 0


def test_a_slow_machine_is_learned_from_a_few_models_and_the_slopes_stay() -> None:
    seen = [run for run in samples(recorded()) if run.model.startswith("RefBldg")]
    slower = [replace(run, log_seconds=run.log_seconds + math.log(3)) for run in seen if "Office" in run.model]

    found = fit(slower, PRIOR)

    other = features(zones=20)
    assert found.duration(other).log_median - SHIPPED.duration(other).log_median == pytest.approx(math.log(3), abs=0.3)


def test_a_model_counts_once_however_often_it_ran() -> None:
    seen = [Sample("a", features(), 0.0), Sample("b", features(), 1.0)]
    often = [*seen[:1], *([replace(seen[1], runs=1000)] * 30)]

    once, many = (fit(of, NOTHING).duration(features()).log_median for of in (seen, often))

    assert once == pytest.approx(0.5, abs=0.05)
    assert many == pytest.approx(0.5, abs=0.05)


def test_the_spread_is_learned_from_runs_of_the_same_model() -> None:
    noisy = [Sample(str(n), features(zones=n), 0.0, runs=10, variance=0.25) for n in range(1, 30)]

    assert 0.4 < fit(noisy, PRIOR).spread < 0.5


def test_a_fit_of_other_terms_is_none() -> None:
    kept = json.loads(FILE.read_text())

    assert stored(kept) == SHIPPED
    assert stored({**kept, "coefficients": {"moons": 1.0}}) is None
    assert stored({"coefficients": dict.fromkeys(TERMS, 0.0)}) is None
    assert stored({**kept, "bias": "large"}) is None


def test_the_shipped_fit_is_the_one_to_the_recorded_runs() -> None:
    found = fit(samples(recorded()), NOTHING)

    assert found.coefficients == pytest.approx(SHIPPED.coefficients)
    assert found.bias == pytest.approx(SHIPPED.bias)
    assert (found.models, found.runs) == (SHIPPED.models, SHIPPED.runs)


def test_models_held_out_are_estimated_within_the_stated_error() -> None:
    error = held_out(recorded())

    assert error.runs >= 200
    assert 0.80 <= error.under_p90 <= 0.97
    assert error.median_error <= 0.35


def test_an_earlier_fit_is_kept_where_runs_say_nothing() -> None:
    fitted = replace(PRIOR, regression=replace(SHIPPED, coefficients={**SHIPPED.coefficients, "air_network": 0.7}))

    found = fit([Sample("a", features(), 1.0)], fitted)

    assert found.coefficients["air_network"] == pytest.approx(0.7)
