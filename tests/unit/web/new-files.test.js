import assert from "node:assert/strict";
import { test } from "node:test";

import { addFiles, nothingChosen } from "../../../api_service/web/static/js/views/new-files.js";

const LIMITS = { most: 1_000_000, idf: 400_000, epjson: 200_000 };

/** @param {string} name @param {number} [size] */
const file = (name, size = 10) => ({ name, size });
/** @param {{name: string, size: number}[]} files @param {any} [before] */
const add = (files, before = nothingChosen()) => addFiles(before, files, LIMITS);

test("files are sorted by their names, whatever the case", () => {
  const { chosen, problems } = add([file("b.CSV"), file("Chicago.EPW"), file("office.IDF")]);

  assert.deepEqual(problems, []);
  assert.deepEqual([chosen.model?.name, chosen.weather.map(({ name }) => name), chosen.others.map(({ name }) => name)],
    ["office.IDF", ["Chicago.EPW"], ["b.CSV"]]);
  for (const name of ["a.epJSON", "a.imf", "a.json", "project.zip"]) assert.equal(add([file(name)]).chosen.model?.name, name);
});

test("what is no model is said, and nothing is taken", () => {
  const { chosen, problems } = add([file("photo.jpg")]);

  assert.equal(chosen.model, null);
  assert.deepEqual(chosen.others, []);
  assert.match(problems[0], /photo\.jpg is no model/);
});

test("weather alone waits for its model", () => {
  const first = add([file("a.epw")]);
  assert.match(first.problems[0], /a\.epw is a weather file/);
  const second = add([file("a.idf")], first.chosen);
  assert.deepEqual([second.problems, second.chosen.weather[0].name, second.chosen.model?.name], [[], "a.epw", "a.idf"]);
});

test("two weather files are both kept for a choice", () => {
  const { chosen, problems } = add([file("a.idf"), file("a.epw"), file("b.epw"), file("a.epw", 20)]);
  assert.deepEqual([problems, chosen.weather.map(({ size }) => size)], [[], [20, 10]]);
});

test("of two models dropped together the first is taken, and another one later begins anew", () => {
  const { chosen, problems } = add([file("a.idf"), file("b.idf"), file("a.csv")]);
  assert.equal(chosen.model?.name, "a.idf");
  assert.match(problems[0], /b\.idf was not taken/);

  const mended = add([file("a.idf", 20)], chosen);
  assert.deepEqual([mended.chosen.model?.size, mended.chosen.others.length], [20, 1]);
  const other = add([file("b.idf")], chosen);
  assert.deepEqual([other.chosen.model?.name, other.chosen.others], ["b.idf", []]);
});

test("sizes are checked before anything is sent", () => {
  assert.match(add([file("a.idf", 400_001)]).problems[0], /a\.idf has 400\.0 kB, and models may have 400\.0 kB/);
  assert.match(add([file("a.epJSON", 200_001)]).problems[0], /200\.0 kB at most/);
  const before = add([file("a.idf")]).chosen;
  const { chosen, problems } = add([file("a.csv", 999_991)], before);
  assert.equal(chosen, before);
  assert.match(problems[0], /1\.0 MB together/);
  assert.match(add([file("a.idf", 0)]).problems[0], /a\.idf is empty/);
  assert.equal(add([file("a.zip", 900_000)]).problems.length, 0);
  assert.equal(add([file("big.idf", 400_001)], before).chosen, before);
});
