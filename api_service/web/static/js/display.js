// The choices of the settings page: units and theme of this browser.

import { find } from "./dom.js";
import { changeSettings, onSettings, settings } from "./settings.js";

const form = /** @type {HTMLFormElement} */ (find("#display"));

show(settings());
onSettings(show);
form.addEventListener("change", () => changeSettings(Object.fromEntries(new FormData(form))));

/** @param {import("./settings.js").Settings} now */
function show(now) {
  for (const [name, value] of Object.entries(now)) {
    const choice = form.querySelector(`[name=${name}][value=${value}]`);
    if (choice instanceof HTMLInputElement) choice.checked = true;
  }
}
