// A SharedWorker: one event stream for all tabs of the browser, because it allows few connections to a server.

import { Stream } from "./stream.js";

/** @type {Set<MessagePort>} */
const tabs = new Set();
const stream = new Stream("/api/v1/events", (message) => tabs.forEach((tab) => tab.postMessage(message)));

/** @type {any} */ (self).onconnect = (/** @type {MessageEvent} */ { ports: [tab] }) => {
  tabs.add(tab);
  tab.onmessage = ({ data }) => {
    if (data.type === "follow") {
      tabs.add(tab);
      stream.follow(data.names);
    } else if (data.type === "leave") {
      tabs.delete(tab);
    }
  };
  tab.postMessage(stream.connection);
};
