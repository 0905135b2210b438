// The card of a model: what it is, what will run, its weather, what keeps it from running, and the button.

import { h } from "../dom.js";
import { number } from "../units.js";
import { facts, sentence, takes, warningsOf } from "./new-facts.js";
import { words } from "./new-texts.js";

/** @typedef {{name: string, location: string, country: string, region: string, source: string, distance_km: number | null}} Installed */
/**
 * @typedef {object} State
 * @property {import("./new-files.js").Chosen<File>} chosen
 * @property {import("./new-facts.js").DryRun} said
 * @property {import("./new-facts.js").PreviewedPeriod[] | null} authored
 * @property {import("./new-facts.js").Period} period
 * @property {Installed[]} installed
 * @property {string} weather name of the installed or dropped file
 * @property {string} name
 * @property {import("./new-facts.js").Problem[]} problems
 */
/** @typedef {{change: (changes: Partial<State>) => void, typed: (name: string) => void, chooseWeather: () => void, run: () => void, startOver: () => void}} Actions */

/** Beyond so many kilometres the weather is another one. */
const FAR_KM = 150;
const SHOWN_PROBLEMS = 20;

/**
 * @param {State} state
 * @param {HTMLElement | null} figure the picture of the building; null when the model cannot be read
 * @param {Actions} actions
 */
export function card(state, figure, actions) {
  const model = state.said.models[0];
  const more = state.said.models.length - 1;
  const canRun = state.problems.length === 0;
  const isRead = model.errors.length === 0;
  return h("section", { class: figure ? "card model" : "card model unread", "aria-labelledby": "model-title" },
    h("div", { class: "about" },
      h("h2", { id: "model-title", class: "clamped", dir: "auto", title: model.name }, model.building || model.name || words.unnamed),
      h("p", { class: "facts" }, ...facts(model).map((fact) => h("span", { dir: "auto" }, fact)), more > 0 && h("span", {}, words.card.more(more))),
      isRead && h("p", { id: "sentence" }, sentence(state.period, state.authored), " ", takes(state.said)),
      problemList(state),
      h("form", { id: "choices", onsubmit: (event) => { event.preventDefault(); if (canRun) actions.run(); } },
        ...(isRead ? [periods(state, actions), weatherField(state, actions), nameField(state, actions), warnings(state)] : [h("p", {}, words.problems.mend)]),
        h("div", { class: "actions" },
          h("button", { type: "submit", id: "run", class: "large", disabled: !canRun }, words.card.run),
          h("button", { type: "button", class: "quiet", onclick: actions.startOver }, words.card.other),
          h("span", { id: "doing", class: "quiet-text", role: "status" })))),
    figure);
}

/** @param {State} state */
function problemList({ problems }) {
  if (!problems.length) return null;
  const several = new Set(problems.map(({ where }) => where).filter(Boolean)).size > 1;
  return h("div", { class: "fault problems", role: "alert" }, h("strong", {}, words.problems.title),
    h("ul", {}, ...problems.slice(0, SHOWN_PROBLEMS).map(({ where, line, text }) => h("li", {},
      several && where ? h("b", {}, `${where}: `) : null,
      line === null ? null : h("span", { class: "tag" }, words.problems.line(line)), h("span", { dir: "auto" }, text)))));
}

/** @param {State} state @param {Actions} actions */
function periods({ period }, { change }) {
  const names = /** @type {import("./new-facts.js").Period[]} */ (Object.keys(words.card.periods));
  return h("fieldset", { class: "switch" }, h("legend", {}, words.card.period),
    ...names.map((name) => h("label", {},
      h("input", { type: "radio", name: "period", value: name, checked: name === period, onchange: () => change({ period: name }) }),
      h("span", {}, words.card.periods[name]))));
}

/** @param {State} state @param {Actions} actions */
function weatherField({ chosen, installed, weather, said }, { change, chooseWeather }) {
  const own = chosen.weather.map(({ name }) => h("option", { value: name, selected: name === weather }, `${name} (${words.card.dropped})`));
  const library = installed.map((item) => h("option", { value: item.name, selected: item.name === weather }, installedText(item)));
  const button = h("button", { type: "button", class: "quiet", onclick: chooseWeather }, words.card.chooseWeather);
  const place = said.models[0].location;
  const nearest = installed[0];
  let hint = null;
  if (chosen.weather.length > 1) hint = words.problems.twoWeather;
  else if (!own.length && !library.length) hint = words.card.noneInstalled;
  else if (!own.length && !place) hint = words.card.noPlace;
  else if (!own.length && place && nearest.distance_km !== null && nearest.distance_km > FAR_KM) {
    hint = words.card.far(place.name, number(Math.round(nearest.distance_km)));
  }
  // The weather of a ZIP is in it.
  if (!own.length && !weather && said.weather.length) {
    return h("div", { class: "field" }, h("span", { class: "label" }, words.card.weather), said.weather.map(({ name }) => name).join(", "));
  }
  return h("div", { class: "field" }, h("label", { for: "weather" }, words.card.weather),
    h("div", { class: "with-button" },
      own.length + library.length > 0 && h("select", { id: "weather", onchange: (event) => change({ weather: /** @type {HTMLSelectElement} */ (event.target).value }) },
        !weather && h("option", { value: "", selected: true }, "–"), ...own, ...library),
      button),
    hint && h("p", { class: "help" }, hint));
}

/** @param {Installed} item */
function installedText({ location, region, country, source, distance_km }) {
  const place = [location, region, country].filter((part) => part && part !== "-").join(", ");
  const away = distance_km === null ? "" : ` · ${words.card.away(number(Math.round(distance_km)))}`;
  return `${place}${source ? ` (${source})` : ""}${away}`;
}

/** @param {State} state @param {Actions} actions */
function nameField({ name }, { typed }) {
  return h("div", { class: "field" }, h("label", { for: "name" }, words.card.name),
    h("input", { id: "name", name: "name", maxlength: 200, value: name, dir: "auto", autocomplete: "off", spellcheck: "false",
      oninput: (event) => typed(/** @type {HTMLInputElement} */ (event.target).value) }));
}

/** @param {State} state */
function warnings({ said }) {
  const found = warningsOf(said);
  if (!found.length) return null;
  return h("details", {}, h("summary", {}, words.card.warnings), h("ul", {}, ...found.slice(0, SHOWN_PROBLEMS).map((text) => h("li", { dir: "auto" }, text))));
}
