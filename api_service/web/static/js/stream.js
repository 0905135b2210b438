// One event stream: reads it, connects again, and says whether it is connected. Used by the worker that tabs share.

/** @typedef {{type: "event", name: string, data: any, id: string}} EventMessage */
/** @typedef {{type: "connection", isUp: boolean, isRefused: boolean}} ConnectionMessage */
/** @typedef {(message: EventMessage | ConnectionMessage) => void} Deliver */

/** Everything may have changed, so what is shown must be fetched anew. */
export const RESET = "reset";
/** The state of the service's parts, with which every new stream begins. */
export const HEALTH = "health";
const RETRY_MILLISECONDS = 5000;

export class Stream {
  /**
   * @param {string} url
   * @param {Deliver} deliver
   * @param {{create?: (url: string) => EventSource, retryMilliseconds?: number}} [options] of tests
   */
  constructor(url, deliver, { create = (address) => new EventSource(address), retryMilliseconds = RETRY_MILLISECONDS } = {}) {
    this._url = url;
    this._deliver = deliver;
    this._create = create;
    this._retryMilliseconds = retryMilliseconds;
    /** @type {Set<string>} */
    this._names = new Set(["message", RESET, HEALTH]);
    /** @type {EventSource | null} */
    this._source = null;
    /** @type {ConnectionMessage} */
    this.connection = { type: "connection", isUp: true, isRefused: false };
    this._isNew = true;
  }

  /** Delivers events of these names too. @param {string[]} names */
  follow(names) {
    for (const name of names.filter((one) => !this._names.has(one))) {
      this._names.add(name);
      this._source?.addEventListener(name, this._receive);
    }
    if (this._source === null) this._open();
  }

  close() {
    this._source?.close();
    this._source = null;
  }

  _open() {
    const source = this._create(this._url);
    this._source = source;
    for (const name of this._names) source.addEventListener(name, this._receive);
    this._isNew = true;
    source.onopen = () => this._say(true, false);
    source.onerror = () => {
      const isRefused = source.readyState === 2;
      this._say(false, isRefused);
      if (!isRefused) return;
      // An answer that was no stream: browsers do not connect again by themselves after that.
      setTimeout(() => this._source === source && this._open(), this._retryMilliseconds);
    };
  }

  /** @param {MessageEvent} event */
  _receive = (event) => {
    // A new EventSource, unlike one that connects again by itself, does not resume. The server sends what changes after
    // the state of its first events; what changed before, such as since a view's first request, is fetched.
    if (this._isNew && event.type !== RESET) this._deliver({ type: "event", name: RESET, data: null, id: "" });
    this._isNew = false;
    const data = event.data ? JSON.parse(event.data) : null;
    this._deliver({ type: "event", name: event.type, data, id: event.lastEventId });
  };

  /** @param {boolean} isUp @param {boolean} isRefused */
  _say(isUp, isRefused) {
    if (isUp === this.connection.isUp && isRefused === this.connection.isRefused) return;
    this.connection = { type: "connection", isUp, isRefused };
    this._deliver(this.connection);
  }
}
