// The event stream of a browser, without one: imported before the modules under test.

/** Sends an event to the stream that was opened last. @type {((event: string, data: any) => void)} */
export let send = () => {};

/** @type {any} */ (globalThis).EventSource = class {
  constructor() {
    /** @type {Map<string, (event: any) => void>} */
    this.listeners = new Map();
    send = (name, data) => this.listeners.get(name)?.({ type: name, data: JSON.stringify(data), lastEventId: "" });
  }

  /** @param {string} name @param {(event: any) => void} listener */
  addEventListener(name, listener) {
    this.listeners.set(name, listener);
  }
};
/** @type {any} */ (globalThis).document = { querySelector: () => null };
/** @type {any} */ (globalThis).addEventListener = () => {};

/** An answer to a request. @param {any} data @param {number} [status] */
export const json = (data, status = 200) => ({ ok: status < 400, status, json: async () => data });
