// The audit log: who did what, and what was refused. For admins.

import { get } from "../api.js";
import { find, h } from "../dom.js";
import { FilterForm } from "../filter-form.js";
import { onConnection, subscribe } from "../live.js";
import { nothing } from "../nothing.js";
import { Table } from "../table.js";
import { texts } from "../texts.js";
import { withSecondsElement } from "../time.js";

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} at
 * @property {string | null} owner
 * @property {string | null} token_id
 * @property {string | null} session_id
 * @property {string} action
 * @property {string} object
 * @property {string | null} address
 * @property {string} correlation_id
 * @property {Record<string, unknown>} detail
 */

const words = texts.audit;
const LINKED = /^(simulations|runs)\/[0-9a-f-]{36}$/;
let hasMore = false;

find("#action").append(...Object.entries(words.actions).map(([value, label]) => h("option", { value }, label)));

/** @type {import("../table.js").Column<Entry>[]} */
const columns = [
  { label: words.columns.at, cell: ({ at }) => withSecondsElement(at) },
  { label: words.columns.owner, kind: "owner", cell: who },
  { label: words.columns.action, cell: ({ action }) => h("span", { title: action }, words.actions[action] ?? action) },
  { label: words.columns.object, kind: "object", cell: object },
  { label: words.columns.detail, kind: "detail", cell: detail },
  { label: words.columns.address, cell: ({ address, correlation_id }) => h("span", { title: words.request(correlation_id) }, address ?? texts.none) },
];

const filters = new FilterForm(/** @type {HTMLFormElement} */ (find("#filters")), () => table.restart());
/** @type {Table<Entry>} */
const table = new Table({
  place: find("#table"),
  caption: words.caption,
  columns,
  load: async ({ limit, cursor }) => {
    const { after, before, ...others } = filters.values;
    const page = await get("/audit", { query: { limit, cursor, ...others, after: instant(after), before: instant(before) } });
    hasMore = page.next_cursor !== null;
    return page;
  },
  keyOf: ({ id }) => id,
  empty: () => nothing({ title: words.empty, hint: words.emptyHint, filters, hasMore }),
});

find("#refresh").addEventListener("click", () => table.refresh());
for (const subject of ["reset", "message"]) subscribe(subject, () => table.refresh());
onConnection((isUp) => {
  if (isUp && table.hasFailed) table.refresh();
});
table.refresh();

/** The form has the browser's time zone. @param {string} local */
function instant(local) {
  return local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : null;
}

/** @param {Entry} entry */
function who({ owner, token_id }) {
  return h("bdi", { title: token_id ? words.token(token_id) : null }, owner ?? words.nobody);
}

/** @param {Entry} entry */
function object({ object: name }) {
  return LINKED.test(name) ? h("a", { href: `/${name}` }, name) : h("span", { dir: "auto" }, name);
}

/** @param {Entry} entry */
function detail({ detail: pairs }) {
  return Object.entries(pairs).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");
}
