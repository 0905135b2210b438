// The settings page: units and theme of this browser, and the form for a new token.

import { find } from "./dom.js";
import { keepForm } from "./kept-form.js";
import { changeSettings, onSettings, settings } from "./settings.js";

const form = /** @type {HTMLFormElement} */ (find("#display"));
const tokens = document.querySelector("form.new");

show(settings());
onSettings(show);
form.addEventListener("change", () => changeSettings(Object.fromEntries(new FormData(form))));
if (tokens instanceof HTMLFormElement) keepForm(tokens, document.querySelector(".made") !== null);

/** @param {import("./settings.js").Settings} now */
function show(now) {
  for (const [name, value] of Object.entries(now)) {
    const choice = form.querySelector(`[name=${name}][value=${value}]`);
    if (choice instanceof HTMLInputElement) choice.checked = true;
  }
}
