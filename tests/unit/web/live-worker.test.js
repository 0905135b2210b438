import assert from "node:assert/strict";
import test from "node:test";

/** @type {EventTarget[]} */
const sources = [];
/** @type {any} */ (globalThis).EventSource = class extends EventTarget {
  constructor() {
    super();
    sources.push(this);
  }
};
/** @type {any} */ (globalThis).self = globalThis;
/** @param {string} name @param {any} data */
const say = (name, data) => sources[0].dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data), lastEventId: "1" }));

/** A tab that connects to the worker. */
function tab() {
  /** @type {any[]} */
  const heard = [];
  const port = { postMessage: (/** @type {any} */ message) => heard.push(message), onmessage: (/** @type {any} */ _) => {} };
  /** @type {any} */ (globalThis).onconnect({ ports: [port] });
  const send = (/** @type {any} */ data) => port.onmessage({ data });
  return { heard, send, health: () => heard.filter(({ name }) => name === "health").map(({ data }) => data) };
}

test("a tab that comes later is told the state of the service's parts, and so is one that comes back", async () => {
  await import("../../../api_service/web/static/js/live-worker.js");
  const first = tab();
  first.send({ type: "follow", names: ["run"] });
  say("health", { ready: false });
  const later = tab();
  later.send({ type: "follow", names: ["worker"] });
  assert.deepEqual([first.health(), later.health()], [[{ ready: false }], [{ ready: false }]]);

  first.send({ type: "leave" });
  say("health", { ready: true });
  assert.equal(first.health().length, 1);
  first.send({ type: "follow", names: ["run"] });

  assert.deepEqual(first.health().at(-1), { ready: true });
  assert.equal(sources.length, 1);
});
