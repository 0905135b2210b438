import assert from "node:assert/strict";
import { test } from "node:test";

import { Stream } from "../../../api_service/web/static/js/stream.js";

/** An EventSource that a test drives. */
class Source extends EventTarget {
  readyState = 1;
  /** @type {() => void} */
  onopen = () => {};
  /** @type {() => void} */
  onerror = () => {};

  close() {
    this.readyState = 2;
  }

  /** @param {string} name @param {string} data @param {string} id */
  say(name, data, id = "") {
    this.dispatchEvent(Object.assign(new Event(name), { data, lastEventId: id }));
  }

  /** @param {number} readyState */
  fail(readyState) {
    this.readyState = readyState;
    this.onerror();
  }
}

/** @returns {{stream: Stream, sources: Source[], said: any[]}} */
function opened() {
  /** @type {Source[]} */
  const sources = [];
  /** @type {any[]} */
  const said = [];
  const create = () => /** @type {any} */ (sources[sources.push(new Source()) - 1]);
  const stream = new Stream("/events", (message) => said.push(message), { create, retryMilliseconds: 0 });
  return { stream, sources, said };
}

test("events of followed names are delivered, and one source serves all names", () => {
  const { stream, sources, said } = opened();
  stream.follow(["simulation"]);
  stream.follow(["simulation", "run"]);
  sources[0].say("health", "{}");
  said.length = 0;
  sources[0].say("simulation", '{"id": 1}', "7");
  sources[0].say("run", '{"id": 2}', "8");
  sources[0].say("worker", '{"id": 3}', "9");

  assert.equal(sources.length, 1);
  assert.deepEqual(said, [
    { type: "event", name: "simulation", data: { id: 1 }, id: "7" },
    { type: "event", name: "run", data: { id: 2 }, id: "8" },
  ]);
});

test("what may have changed before the first events is fetched anew, once", () => {
  const { stream, sources, said } = opened();
  stream.follow(["simulation"]);
  sources[0].onopen();
  sources[0].say("health", "{}", "1");
  sources[0].onopen();
  sources[0].say("simulation", "{}", "2");

  assert.deepEqual(said.map(({ name }) => name), ["reset", "health", "simulation"]);
});

test("an interruption is said once, and so is its end; the browser resumes by itself", () => {
  const { stream, sources, said } = opened();
  stream.follow([]);
  sources[0].onopen();
  said.length = 0;
  sources[0].fail(0);
  sources[0].fail(0);
  sources[0].onopen();

  assert.deepEqual(said.map(({ isUp, isRefused }) => [isUp, isRefused]), [[false, false], [true, false]]);
  assert.equal(sources.length, 1);
});

test("after a refusal a new stream is opened, and what is shown is fetched anew", async () => {
  const { stream, sources, said } = opened();
  stream.follow(["simulation"]);
  sources[0].fail(2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(sources.length, 2);
  sources[1].onopen();
  sources[1].say("simulation", "{}");

  assert.deepEqual(said.map(({ name, isUp }) => name ?? isUp), [false, true, "reset", "simulation"]);
});

test("a closed stream is not opened again", async () => {
  const { stream, sources } = opened();
  stream.follow([]);
  stream.close();
  sources[0].fail(2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(sources.length, 1);
});
