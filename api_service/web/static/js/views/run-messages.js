// Messages of EnergyPlus in a run's view: by severity, searchable, with the object that each is about.

import { ApiError, get } from "../api.js";
import { fill, h } from "../dom.js";
import { SEVERITIES, bySeverity, wantedMessages } from "../err-messages.js";
import { MAX_ROWS } from "../table.js";
import { texts } from "../texts.js";
import { bytes, count } from "../units.js";

/** @typedef {import("../resources.js").Run} Run */
/** @typedef {import("../resources.js").Message} Message */

const words = texts.run;
const KINDS = { fatal: "bad", severe: "bad", warning: "warn" };
const LOG = "eplusout.err";

/** @param {Run} run */
export function messages(run) {
  const log = run.files.find(({ name }) => name === LOG);
  const body = h("div", {}, h("p", { class: "quiet-text" }, texts.loading));
  load(run.id).then((all) => fill(body, ...list(all)), (error) => {
    if (!(error instanceof ApiError)) throw error;
    fill(body, h("p", { role: "alert", class: "fault" }, error.message));
  });
  return h("section", { class: "card", id: "messages", "aria-labelledby": "messages-title" },
    h("div", { class: "heading" }, h("h2", { id: "messages-title" }, words.messages),
      log && h("a", { href: `${log.href}?redirect=false`, target: "_blank", rel: "noopener" }, `${words.log} (${bytes(log.size)})`)), body);
}

/** @param {string} id @returns {Promise<Message[]>} as many as a run has, which is one page with few more */
async function load(id) {
  const first = await get(`/runs/${id}/messages`, { query: { limit: MAX_ROWS } });
  if (!first.next_cursor) return first.items;
  const second = await get(`/runs/${id}/messages`, { query: { limit: MAX_ROWS, cursor: first.next_cursor } });
  return [...first.items, ...second.items];
}

/** @param {Message[]} all @returns {Node[]} */
function list(all) {
  if (!all.length) return [h("p", { class: "quiet-text" }, words.noMessages)];
  const counts = bySeverity(all);
  const search = h("input", { type: "search", id: "message-search", maxlength: 200, autocomplete: "off", spellcheck: "false" });
  const choices = ["", ...SEVERITIES].filter((severity) => !severity || counts[severity]).map((severity) =>
    h("label", { class: "chip" }, h("input", { type: "radio", name: "severity", value: severity, checked: !severity }),
      words.severity[/** @type {keyof typeof words.severity} */ (severity || "all")], " ",
      h("span", { class: "count" }, count(severity ? counts[severity] : all.length))));
  const form = h("form", { class: "search" }, h("fieldset", { class: "chips" }, h("legend", { class: "hidden-text" }, words.messages), ...choices),
    h("div", {}, h("label", { for: "message-search", class: "hidden-text" }, words.searchMessages), search));
  search.placeholder = words.searchMessages;
  const place = h("ol", { class: "messages" });
  const said = h("p", { class: "help", role: "status" });
  const show = () => {
    const found = wantedMessages(all, { severity: String(new FormData(form).get("severity") ?? ""), search: search.value });
    fill(place, ...found.slice(0, MAX_ROWS).map(item));
    const most = all.length >= MAX_ROWS ? ` ${words.mostMessages}` : "";
    said.textContent = found.length ? words.shownMessages(Math.min(found.length, MAX_ROWS), all.length) + most : words.noMatch;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
  return [form, place, said];
}

/** @param {Message} message */
function item({ severity, text, count: times, object }) {
  return h("li", {}, h("span", { class: `badge ${KINDS[severity]}` }, words.severity[severity]),
    h("div", { class: "said" }, h("p", { class: "mono", dir: "auto" }, text),
      object && h("p", { class: "help" }, `${words.about} `,
        h("bdi", { class: "tag" }, object.name ? `${object.class}: ${object.name}` : object.class), object.line !== null && ` ${words.line(object.line)}`)),
    h("span", { class: "quiet-text times" }, times > 1 && words.times(times)));
}
