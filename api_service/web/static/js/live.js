// What changes on the server, as it changes: events are named after the resource and have its JSON. Nothing is polled.

import { HEALTH, RESET, Stream } from "./stream.js";

/** @typedef {(data: any) => void} Callback */

const URL_OF_STREAM = "/api/v1/events";

/** @type {Map<string, Set<Callback>>} */
const callbacks = new Map();
/** @type {Set<(isUp: boolean, isRefused: boolean) => void>} */
const watchers = new Set();
/** @type {((names: string[]) => void) | null} */
let follow = null;
let last = { isUp: true, isRefused: false };

/**
 * Calls `callback` with the resource at each event of a subject, such as `simulation` or `run`. At `reset`, and when the
 * page comes back from the browser's memory, events may have been missed: fetch what is shown anew. Fetch the first
 * state after subscribing, so that nothing falls between. Returns a function that ends the subscription.
 * @param {string} subject
 * @param {Callback} callback
 */
export function subscribe(subject, callback) {
  const known = callbacks.get(subject) ?? new Set();
  callbacks.set(subject, known.add(callback));
  follow ??= connect();
  follow([...callbacks.keys()]);
  return () => known.delete(callback);
}

/**
 * Calls `callback` with the state of the service's parts, at first and whenever one goes away or comes back, on pages that
 * follow something: on others no stream is opened for it.
 * @param {Callback} callback
 */
export function onHealth(callback) {
  callbacks.set(HEALTH, (callbacks.get(HEALTH) ?? new Set()).add(callback));
  follow?.([HEALTH]);
}

/**
 * Calls `callback` when the connection is lost and when it is back.
 * @param {(isUp: boolean, isRefused: boolean) => void} callback
 */
export function onConnection(callback) {
  watchers.add(callback);
  if (!last.isUp) callback(last.isUp, last.isRefused);
}

/** @param {import("./stream.js").EventMessage | import("./stream.js").ConnectionMessage} message */
function receive(message) {
  if (message.type === "event") {
    callbacks.get(message.name)?.forEach((callback) => callback(message.data));
  } else {
    last = message;
    watchers.forEach((watcher) => watcher(message.isUp, message.isRefused));
  }
}

/** Connects to the stream that all tabs share; where there are no shared workers, to one of this tab. */
function connect() {
  if (!("SharedWorker" in globalThis)) {
    const stream = new Stream(URL_OF_STREAM, receive);
    return (/** @type {string[]} */ names) => stream.follow(names);
  }
  const { port } = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module", name: "epsm-live" });
  port.onmessage = ({ data }) => receive(data);
  const send = (/** @type {string[]} */ names) => port.postMessage({ type: "follow", names });
  addEventListener("pagehide", () => port.postMessage({ type: "leave" }));
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    send([...callbacks.keys()]);
    receive({ type: "event", name: RESET, data: null, id: "" });
  });
  return send;
}
