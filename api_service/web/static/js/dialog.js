// Questions before something is changed, and short messages after it.

import { ApiError } from "./api.js";
import { find, h } from "./dom.js";
import { texts } from "./texts.js";

const TOAST_MILLISECONDS = 8000;

/**
 * Asks; the answer is the form of the dialog when the user agreed, else null. `body` may have fields.
 * @param {{title: string, text: string, confirm: string, isDangerous?: boolean, body?: Node | null}} question
 * @returns {Promise<FormData | null>}
 */
export function ask({ title, text, confirm, isDangerous = false, body = null }) {
  const form = h("form", { method: "dialog" }, h("h2", { id: "question" }, title), h("p", {}, text), body,
    h("div", { class: "actions" },
      // The first one is what Enter in a field means.
      h("button", { class: isDangerous ? "danger" : "", value: "yes", type: "submit" }, confirm),
      h("button", { class: "quiet", value: "", type: "submit", formnovalidate: true, autofocus: isDangerous }, texts.close)));
  const dialog = h("dialog", { "aria-labelledby": "question" }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? new FormData(form) : null);
      dialog.remove();
    });
  });
}

/**
 * Shows something until the user closes it.
 * @param {string} title
 * @param {...import("./dom.js").Child} children
 */
export function inform(title, ...children) {
  const dialog = h("dialog", { "aria-labelledby": "information" }, h("form", { method: "dialog" },
    h("h2", { id: "information" }, title), ...children,
    h("div", { class: "actions" }, h("button", { class: "quiet", type: "submit" }, texts.close))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * Calls `change`; says that it is done, or why it is not.
 * @template Answer
 * @param {() => Promise<Answer>} change
 * @param {((answer: Answer) => string) | null} done null: nothing is said
 * @returns {Promise<Answer | null>}
 */
export async function attempt(change, done) {
  try {
    const answer = await change();
    if (done) toast(done(answer));
    return answer;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(faultText(error), { isBad: true });
    return null;
  }
}

/** @param {ApiError} error */
const faultText = (error) => [error.message, ...error.faults.map(({ message }) => message)].join(" – ");

/**
 * Shows a message at the edge; it goes away by itself unless it is bad news.
 * @param {string} text
 * @param {{isBad?: boolean}} [options]
 */
export function toast(text, { isBad = false } = {}) {
  const message = h("div", { class: isBad ? "toast bad" : "toast" }, h("span", {}, text),
    h("button", { class: "quiet small", type: "button", "aria-label": texts.close, onclick: () => message.remove() }, "×"));
  find("#toasts").append(message);
  if (!isBad) setTimeout(() => message.remove(), TOAST_MILLISECONDS);
}
