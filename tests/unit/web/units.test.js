import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, count, energy, energyPerArea, metric, number, tenths } from "../../../api_service/web/static/js/units.js";

test("numbers keep the digits that mean something", () => {
  const shown = [0, 0.04567, 1.23456, 12, 123.456, 1234.56, 1234567].map((value) => number(value));
  assert.deepEqual(shown, ["0", "0.046", "1.23", "12", "123.5", "1\u202f235", "1\u202f234\u202f567"]);
});

test("what is not known is a dash and not 0", () => {
  assert.deepEqual([null, undefined, NaN].map((value) => number(value)), ["–", "–", "–"]);
});

test("a small negative number is not -0", () => {
  assert.equal(number(-0.0001), "0.000");
  assert.equal(number(-1234.5), "-1\u202f235");
});

test("energy per area in each unit is the same energy", () => {
  assert.deepEqual(energyPerArea(100, "kwh_per_m2"), { text: "100", unit: "kWh/m²" });
  assert.deepEqual(energyPerArea(100, "mj_per_m2"), { text: "360", unit: "MJ/m²" });
  assert.deepEqual(energyPerArea(100, "kbtu_per_ft2"), { text: "31.70", unit: "kBtu/ft²" });
  assert.deepEqual(energy(1, "kbtu_per_ft2"), { text: "3.41", unit: "kBtu" });
});

test("a metric's unit is the end of its name", () => {
  assert.equal(metric("site_eui_kwh_per_m2", 1, "mj_per_m2").unit, "MJ/m²");
  assert.equal(metric("heating_kwh", 1, "kwh_per_m2").unit, "kWh");
  assert.equal(metric("total_area_m2", 1, "kwh_per_m2").unit, "m²");
  assert.equal(metric("peak_electricity_w", 1, "kwh_per_m2").unit, "W");
  assert.equal(metric("warnings", 1, "kwh_per_m2").unit, "");
});

test("counts and sizes", () => {
  assert.equal(count(100000), "100\u202f000");
  assert.deepEqual([0, 999, 1000, 2_500_000].map(bytes), ["0 B", "999 B", "1.0 kB", "2.5 MB"]);
});

test("shares and rates have one digit after the point, and an unknown one is no zero", () => {
  assert.deepEqual([0, 0.26, 1234.56, null].map(tenths), ["0.0", "0.3", "1\u202f234.6", "–"]);
});
