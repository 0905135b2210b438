// One resource that is shown: fetched once, then changed by events. It is fetched again only when events may be missing.

import { ApiError, get } from "./api.js";
import { onConnection, subscribe } from "./live.js";

/**
 * @template Resource
 * @typedef {object} FollowOptions
 * @property {string} path below /api/v1
 * @property {string} subject name of its events
 * @property {string} id
 * @property {(shown: Resource | null) => string | null} simulationOf the simulation with which it is deleted
 * @property {(resource: Resource) => void} show
 * @property {() => void} gone it does not exist, or does not any more
 * @property {(error: ApiError, isShown: boolean) => void} fail
 */

/** @template {{id: string}} Resource */
export class Followed {
  /** @param {FollowOptions<Resource>} options */
  constructor(options) {
    this._options = options;
    /** @type {Resource | null} */
    this._shown = null;
    /** What events said while a request was under way: they are newer than its answer. @type {Partial<Resource>} */
    this._newer = {};
    this._request = 0;
    this._isMissing = false;
    this._isGone = false;
  }

  start() {
    const { subject, id, simulationOf } = this._options;
    subscribe(subject, (data) => data.id === id && this.change(data));
    subscribe("deleted", (data) => data.id === simulationOf(this._shown) && this._end());
    subscribe("refetch", ({ href }) => href === `/api/v1/simulations/${simulationOf(this._shown)}/runs` && this.refresh());
    subscribe("reset", () => this.refresh());
    onConnection((isUp) => isUp && this._isMissing && this.refresh());
    return this.refresh();
  }

  /** Takes what an event or the answer to a change says. @param {Partial<Resource>} data */
  change(data) {
    this._newer = { ...this._newer, ...data };
    if (!this._shown || this._isGone) return;
    this._shown = { ...this._shown, ...data };
    this._options.show(this._shown);
  }

  async refresh() {
    const request = (this._request += 1);
    this._newer = {};
    try {
      const fetched = await get(this._options.path);
      if (request !== this._request || this._isGone) return;
      this._isMissing = false;
      this._shown = { ...fetched, ...this._newer };
      this._options.show(/** @type {Resource} */ (this._shown));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (request !== this._request) return;
      if (error.status === 404) this._end();
      else {
        this._isMissing = true;
        this._options.fail(error, this._shown !== null);
      }
    }
  }

  _end() {
    if (this._isGone) return;
    this._isGone = true;
    this._options.gone();
  }
}
