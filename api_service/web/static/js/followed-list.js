// A short list that is fetched once and then changed by events; it is fetched again only when events may be missing.

import { get } from "./api.js";
import { onConnection, subscribe } from "./live.js";

/**
 * @template Item
 * @typedef {object} ListOptions
 * @property {string} path below /api/v1
 * @property {string[]} events
 * @property {(items: Item[], name: string, data: any) => Item[]} after the items after an event
 * @property {() => unknown} changed
 */

/** @template Item */
export class FollowedList {
  /** @param {ListOptions<Item>} options */
  constructor(options) {
    this._options = options;
    /** @type {Item[] | null} */
    this.items = null;
    /** Why the last request had no answer. @type {unknown} */
    this._error = null;
    /** Events while a request is under way: they are newer than its answer. @type {[string, any][]} */
    this._newer = [];
    /** The newest request while it is under way. @type {Promise<void> | null} */
    this._asking = null;
    for (const name of options.events) subscribe(name, (data) => this._take(name, data));
    for (const name of ["reset", "refetch", "message"]) subscribe(name, () => this.refresh());
    onConnection((isUp) => {
      if (isUp && this._error) this.refresh();
    });
  }

  /** The items as they are known; fetched when there are none, or when that has failed. Throws ApiError. */
  async current() {
    if (this.items === null || this._error) await this._fetch();
    if (this._error) throw this._error;
    return this.items ?? [];
  }

  /** Fetches the list anew. `current` says what came of it. */
  async refresh() {
    await this._fetch().catch(() => null);
    this._options.changed();
  }

  /** Asks for the list; a request that a newer one has overtaken ends with the newer one. Throws ApiError. */
  _fetch() {
    this._newer = [];
    /** @type {Promise<void>} */
    const asking = this._ask(() => this._asking === asking);
    this._asking = asking;
    return asking;
  }

  /** @param {() => boolean} isNewest */
  async _ask(isNewest) {
    try {
      const { items } = await get(this._options.path);
      if (isNewest()) {
        this._asking = this._error = null;
        this.items = this._newer.reduce((now, [name, data]) => this._options.after(now, name, data), items);
        return;
      }
    } catch (error) {
      if (isNewest()) {
        this._asking = null;
        this._error = error;
        throw error;
      }
    }
    await this._asking;
  }

  /** @param {string} name @param {any} data */
  _take(name, data) {
    if (this._asking) this._newer.push([name, data]);
    if (this.items === null) return;
    const before = this.items;
    this.items = this._options.after(before, name, data);
    const isSame = before.length === this.items.length && this.items.every((item, index) => item === before[index]);
    if (!isSame) this._options.changed();
  }
}
