import assert from "node:assert/strict";
import test from "node:test";

import { labelOf, shownValue, timeOfYear } from "../../../api_service/web/static/js/catalogue.js";
import { readChange, readChanges } from "../../../api_service/web/static/js/changes.js";
import { chartOption, endUses, readable } from "../../../api_service/web/static/js/end-uses.js";
import { bySeverity, wantedMessages } from "../../../api_service/web/static/js/err-messages.js";
import { parameterText, shownRunStatus } from "../../../api_service/web/static/js/resources.js";
import { gather, runColumns } from "../../../api_service/web/static/js/views/simulation-runs.js";

/** @type {import("../../../api_service/web/static/js/resources.js").Message[]} */
const MESSAGES = [
  { severity: "severe", text: "No such schedule", count: 1, object: null },
  { severity: "fatal", text: "It ends here", count: 1, object: null },
  { severity: "warning", text: "A schedule is not used", count: 7, object: null },
];

test("a change is taken apart into object, field, and values", () => {
  assert.deepEqual(readChange("Building 'A: B': north_axis changed from 0 to 90"), { object: "Building 'A", what: "B': north_axis", from: "0", to: "90" });
  assert.deepEqual(readChange("Building 'A': north_axis changed from 0 to 90"), { object: "Building 'A'", what: "north_axis", from: "0", to: "90" });
  assert.deepEqual(readChange("Output:Meter '*': added"), { object: "Output:Meter '*'", what: "added", from: null, to: null });
  assert.deepEqual(readChange("no object"), { object: "", what: "no object", from: null, to: null });
  assert.equal(readChanges({}), null);
  assert.deepEqual(readChanges([]), []);
});

test("messages are searched in any case and counted by severity", () => {
  assert.deepEqual(wantedMessages(MESSAGES, { severity: "", search: " SCHEDULE " }).map(({ severity }) => severity), ["severe", "warning"]);
  assert.deepEqual(wantedMessages(MESSAGES, { severity: "warning", search: "" }), [MESSAGES[2]]);
  assert.deepEqual(bySeverity(MESSAGES), { fatal: 1, severe: 1, warning: 1 });
});

test("end uses are a table of those that use anything, the largest first; what has no value is no zero", () => {
  const uses = endUses({ fans: { electricity: 2, coal: 0 }, heating: { electricity: 0, natural_gas: 5 }, pumps: { electricity: 0 } });

  assert.deepEqual(uses.fuels, ["natural_gas", "electricity"]);
  assert.deepEqual(uses.rows, [{ name: "heating", values: [5, 0], total: 5 }, { name: "fans", values: [null, 2], total: 2 }]);
  assert.deepEqual([uses.totals, uses.total], [[5, 2], 7]);
  assert.equal(readable("interior_lighting"), "Interior lighting");

  const drawn = chartOption(uses, "mj_per_m2", (name) => name, "sans-serif");
  assert.deepEqual(drawn.series.map(({ name, data }) => [name, data]), [["Natural gas", [18, null]], ["Electricity", [0, 7.2]]]);
  assert.equal(drawn.tooltip.valueFormatter(108), "108 MJ");
  assert.deepEqual(drawn.yAxis.data, ["Heating", "Fans"]);
});

test("metrics have short names, their unit, and a dash instead of nothing", () => {
  assert.equal(labelOf({ name: "site_eui_kwh_per_m2", label: "site energy" }), "Site energy");
  assert.equal(labelOf({ name: "pv_kwh", label: null }), "PV");
  assert.deepEqual(shownValue({ name: "fans_kwh", shape: "number" }, null, "kwh_per_m2"), { text: "–", unit: "" });
  assert.deepEqual(shownValue({ name: "site_eui_kwh_per_m2", shape: "number" }, 10, "mj_per_m2"), { text: "36", unit: "MJ/m²" });
  assert.equal(shownValue({ name: "ideal_loads", shape: "flag" }, false, "kwh_per_m2").text, "no");
  assert.equal(shownValue({ name: "warnings", shape: "integer" }, 100000, "kwh_per_m2").text, "100\u202f000");
  assert.equal(timeOfYear("07-17T14:15"), "17 Jul, 14:15");
  assert.equal(timeOfYear("later"), "later");
});

test("a run that is being cancelled or held says so", () => {
  assert.equal(shownRunStatus({ status: "running", held_reason: null, cancel_requested_at: "x" }), "cancelling");
  assert.equal(shownRunStatus({ status: "queued", held_reason: "user", cancel_requested_at: null }), "held");
  for (const held_reason of ["canary", "dependency"]) {
    assert.equal(shownRunStatus({ status: "queued", held_reason, cancel_requested_at: null }), "held");
  }
  assert.equal(shownRunStatus({ status: "queued", held_reason: "backoff", cancel_requested_at: null }), "queued");
  assert.deepEqual([parameterText(1.5), parameterText(["a"])], ["1.5", '["a"]']);
});

test("a page of a search is gathered from several answers, of which some have nothing", async () => {
  /** @type {any[]} */
  const asked = [];
  const answers = [{ items: [], next_cursor: "a" }, { items: [1, 2], next_cursor: "b" }, { items: [3], next_cursor: "c" }];
  const ask = async (/** @type {string} */ path, /** @type {any} */ { query }) => {
    asked.push([path, query.limit, query.cursor, query.q]);
    return answers[asked.length - 1];
  };

  assert.deepEqual(await gather("/runs", { q: "x" }, 3, null, ask), { items: [1, 2, 3], next_cursor: "c" });
  assert.deepEqual(asked, [["/runs", 3, null, "x"], ["/runs", 3, "a", "x"], ["/runs", 1, "b", "x"]]);
});

test("a search that finds nothing ends after some requests", async () => {
  let requests = 0;
  const ask = async () => ({ items: [], next_cursor: String((requests += 1)) });

  assert.deepEqual(await gather("/runs", {}, 50, null, ask), { items: [], next_cursor: "10" });
});

test("parameters and headline metrics are columns; the first metric is the one the server sorts by", () => {
  const entry = { unit: "kWh", text: "x", group: "x", source: "x", shape: "number", label: null, headline: true };
  const names = ["heating_kwh", "site_energy_kwh", "site_eui_kwh_per_m2"];
  const inputs = [{ role: "model" }, { role: "model" }, { role: "weather" }];

  const columns = runColumns({ inputs, spec: { parameters: [{ name: "tilt" }] } }, names.map((name) => ({ ...entry, name })));

  assert.deepEqual(columns.map(({ label }) => label), ["Run", "Status", "Model", "tilt", "Site EUI, kWh/m²", "Heating, kWh", "Duration", "Ended"]);
  assert.deepEqual(columns.filter(({ sort }) => sort).map(({ sort }) => sort), ["site_eui_kwh_per_m2", "seconds", "ended"]);
});
