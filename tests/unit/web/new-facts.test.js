import assert from "node:assert/strict";
import { test } from "node:test";

import { facts, firstPeriod, problemsOf, sentence, takes, warningsOf } from "../../../api_service/web/static/js/views/new-facts.js";
import { doingOf, monthOf } from "../../../api_service/web/static/js/views/new-progress.js";

/** @param {Record<string, any>} [more] @returns {any} */
const model = (more = {}) => ({
  name: "a.idf", version: "25.2", engine: "25.2.0", building: "Small office", zones: 6, total_area_m2: 511.157, periods: [],
  location: { name: "Chicago", latitude: 41.8, longitude: -87.8 }, errors: [], warnings: [], geometry: null, ...more,
});
const YEAR = { kind: "run_period", name: "Year", begin: "01-01", end: "12-31", days: 365 };
const DESIGN_DAY = { kind: "sizing_period", name: "Winter", begin: null, end: null, days: 1 };

test("a model is said in one line, without what cannot be known", () => {
  assert.deepEqual(facts(model()), ["511 m²", "6 zones", "Chicago", "EnergyPlus 25.2"]);
  assert.deepEqual(facts(model({ zones: 1, total_area_m2: null, location: null, version: null })), ["1 zone"]);
});

test("a model without a weather run gets a full year", () => {
  assert.equal(firstPeriod([DESIGN_DAY]), "annual");
  assert.equal(firstPeriod(null), "annual");
  assert.equal(firstPeriod([DESIGN_DAY, YEAR]), "authored");
  assert.match(sentence("annual", [DESIGN_DAY]), /no weather run in it, so it will run a full year/);
  assert.match(sentence("annual", [YEAR]), /whatever period/);
  assert.equal(sentence("authored", [DESIGN_DAY, DESIGN_DAY, YEAR]), "It will run as authored: 2 design days, 1 Jan to 31 Dec (365 days).");
  assert.equal(sentence("authored", [{ ...YEAR, begin: null }]), "It will run as authored: a period of 365 days.");
  assert.match(sentence("authored", []), /nothing/);
  assert.match(sentence("design", [YEAR]), /design days only/);
});

test("problems have file and line; what a run would fail for is one, what it changes is not", () => {
  const said = {
    count: 0, estimate: null, files: [], weather: [{ name: "w.epw", errors: [{ message: "no hours", line: null }] }],
    models: [model({ periods: [YEAR], warnings: ["A run would fail: no such object", "a byte-order mark is removed"] })],
    errors: [{ field: "weather", message: "is missing" }],
  };
  assert.deepEqual(problemsOf(said, "annual").map(({ where, line, text }) => [where, line, text]), [
    ["w.epw", null, "no hours"], ["a.idf", null, "A run would fail: no such object"], ["", null, "Weather is missing: choose or drop an EPW file."],
  ]);
  assert.deepEqual(warningsOf(said), ["a byte-order mark is removed"]);

  const broken = { ...said, weather: [], models: [model({ periods: null, errors: [{ message: "line 2: unknown class", line: 2 }] })] };
  assert.deepEqual(problemsOf(broken, "annual"), [{ where: "a.idf", line: 2, text: "unknown class" }]);
});

test("a model that would simulate nothing cannot run", () => {
  const said = { count: 1, estimate: null, files: [], weather: [], errors: [], models: [model()] };
  assert.match(problemsOf(said, "design")[0].text, /no design days/);
  assert.match(problemsOf(said, "authored")[0].text, /Choose a full year/);
});

test("the month and the day are those of the message", () => {
  assert.equal(monthOf("Simulating RUN PERIOD, 1, 03-21 (estimated)"), 3);
  assert.equal(monthOf("Warming up"), null);
  assert.equal(monthOf(undefined), null);
  assert.equal(doingOf({ status: "running", message: "Simulating YEAR, 12-01" }, ""), "1 Dec");
  assert.equal(doingOf({ status: "running", message: "Sizing: zone (estimated)" }, ""), "Sizing: zone");
  assert.equal(doingOf({ status: "queued" }, "2 runs are before it"), "2 runs are before it");
  assert.equal(doingOf(null, ""), "Waiting for a worker");
});

test("how long a run takes is said with its spread, or not at all", () => {
  const said = { count: 1, files: [], weather: [], errors: [], models: [model()], estimate: { run_seconds: { p50: 100, p90: 170 } } };
  assert.equal(takes(said), "A run takes about 2 to 3 min.");
  assert.equal(takes({ ...said, estimate: null }), "");
});
