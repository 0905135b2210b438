// A SharedWorker: one event stream for all tabs of the browser, because it allows few connections to a server.

import { HEALTH, Stream } from "./stream.js";

/** @type {Set<MessagePort>} */
const tabs = new Set();
/** What the stream said last of the service's parts: it says so only at its beginning, and when that changes. @type {import("./stream.js").EventMessage | null} */
let health = null;

const stream = new Stream("/api/v1/events", (message) => {
  if (message.type === "event" && message.name === HEALTH) health = message;
  tabs.forEach((tab) => tab.postMessage(message));
});

/** @type {any} */ (self).onconnect = (/** @type {MessageEvent} */ { ports: [tab] }) => {
  tab.onmessage = ({ data }) => {
    if (data.type === "leave") tabs.delete(tab);
    if (data.type !== "follow") return;
    // One that comes back from the browser's memory has left before.
    if (!tabs.has(tab)) welcome(tab);
    stream.follow(data.names);
  };
  welcome(tab);
};

/** @param {MessagePort} tab */
function welcome(tab) {
  tabs.add(tab);
  tab.postMessage(stream.connection);
  if (health) tab.postMessage(health);
}
