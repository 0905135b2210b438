// The first visit: drop a model or take the sample, see what it is, run it, see its first numbers.

import { ApiError, get, signIn } from "../api.js";
import { fill, find, h } from "../dom.js";
import { keep, takeKept } from "../kept-files.js";
import { CutOff, upload } from "../upload.js";
import { card } from "./new-card.js";
import { ANNUAL, firstPeriod, problemsOf } from "./new-facts.js";
import { addFiles, isWeather, nothingChosen } from "./new-files.js";
import { picture } from "./new-picture.js";
import { follow, unfollow } from "./new-run.js";
import { words } from "./new-texts.js";

/** @typedef {import("./new-card.js").State} State */

const OFFERED_WEATHER = 20;
const start = find("#start");
const place = find("#place");
const drop = find("#drop");
const input = /** @type {HTMLInputElement} */ (find("#files"));
const limits = { most: Number(start.dataset.mostBytes), idf: Number(start.dataset.idfBytes), epjson: Number(start.dataset.epjsonBytes) };

let chosen = /** @type {import("./new-files.js").Chosen<File>} */ (nothingChosen());
/** @type {State | null} */
let state = null;
/** The picture of the building. @type {HTMLElement | null} */
let figure = null;
/** Ends the picture. */
let drawing = new AbortController();
/** Ends the request whose answer nobody waits for any more. */
let looking = new AbortController();
/** One key for one card, so that sending it again after a lost answer makes no second simulation. */
let key = "";

find("#choose").addEventListener("click", () => input.click());
input.addEventListener("change", () => { take([...(input.files ?? [])]); input.value = ""; });
find("#sample").addEventListener("click", trySample);
// They are disabled in the template until their listeners exist.
for (const id of ["#choose", "#sample"]) /** @type {HTMLButtonElement} */ (find(id)).disabled = false;
listenToDrops();
restore();

function listenToDrops() {
  // A file that misses the zone would else be opened instead of the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  addEventListener("dragover", () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) addEventListener(name, () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    const items = [...(event.dataTransfer?.items ?? [])];
    if (items.some((item) => item.webkitGetAsEntry()?.isDirectory)) say([words.problems.folder]);
    else take([...(event.dataTransfer?.files ?? [])]);
  });
}

/** @param {File[]} files */
async function take(files) {
  if (!files.length) return;
  // What is shown has been submitted, so this is a new beginning.
  if (start.hidden) startOver();
  const added = addFiles(chosen, files, limits);
  say(added.problems);
  if (added.chosen === chosen) return;
  const isOnlyWeather = state !== null && files.every(({ name }) => isWeather(name));
  chosen = added.chosen;
  if (!chosen.model) return;
  if (state && isOnlyWeather) await change({ weather: files[0].name });
  else await look();
}

async function trySample() {
  await attempt(async () => {
    const answer = await fetch(/** @type {string} */ (start.dataset.sample)).catch(() => { throw new CutOff(); });
    chosen = nothingChosen();
    state = null;
    await take([new File([await answer.blob()], "small_office.idf")]);
  }, trySample);
}

/** Looks at the model as it is: its place says which weather it needs, its periods what it would run. */
async function look() {
  key = crypto.randomUUID();
  // Choices for a model that was shown before are not those for this one.
  state = null;
  dropPicture();
  await attempt(async () => {
    fill(place, h("p", { class: "state", id: "doing", role: "status" }, words.reading));
    const said = await dryRun({ annual: null, isFirst: true });
    const { location, periods, geometry, building, name } = said.models[0];
    const near = location ? { near: `${location.latitude},${location.longitude}` } : {};
    const installed = said.weather.length ? [] : (await get("/weather", { query: { ...near, limit: OFFERED_WEATHER }, signal: looking.signal })).items;
    const nearest = location && !said.weather.length ? installed[0]?.name : "";
    figure = geometry && picture(geometry, drawing.signal);
    state = {
      chosen, said, installed, authored: periods, period: firstPeriod(periods), problems: [],
      name: (building || name).slice(0, 200), weather: chosen.weather[0]?.name ?? nearest ?? "",
    };
    await check();
  }, look);
}

/** @param {Partial<State>} changes */
async function change(changes) {
  if (!state) return;
  Object.assign(state, changes, { chosen });
  key = crypto.randomUUID();
  await attempt(check, () => change({}));
}

/** Checks the submission as it would be made, and shows the card. */
async function check() {
  if (!state) return;
  const seen = state;
  doing(words.checking);
  seen.said = await dryRun({ annual: ANNUAL[seen.period], isFirst: false });
  seen.problems = problemsOf(seen.said, seen.period);
  show();
}

function show() {
  if (!state) return;
  const focused = document.activeElement?.id || /** @type {HTMLInputElement} */ (document.activeElement)?.value;
  start.classList.add("small");
  fill(place, card(state, figure, { change, typed: (name) => { if (state) { state.name = name; key = crypto.randomUUID(); } }, chooseWeather: () => input.click(), run, startOver }));
  // A choice that was made by keyboard keeps the focus.
  const again = focused ? place.querySelector(`#${CSS.escape(focused)}, input[value="${CSS.escape(focused)}"]`) : null;
  if (again instanceof HTMLElement) again.focus();
}

async function run() {
  const button = /** @type {HTMLButtonElement} */ (find("#run"));
  button.disabled = true;
  await attempt(async () => {
    const simulation = await upload("/simulations", form(), { headers: { "Idempotency-Key": key }, onProgress: sending });
    start.hidden = true;
    say([]);
    follow(simulation, place, startOver);
  }, run);
  button.disabled = false;
}

/** @param {{annual: boolean | null, isFirst: boolean}} how @returns {Promise<import("./new-facts.js").DryRun>} */
function dryRun({ annual, isFirst }) {
  looking.abort();
  looking = new AbortController();
  return upload("/simulations", form(annual), {
    query: { dry_run: true, ...(isFirst ? { geometry: true } : {}) }, signal: looking.signal, onProgress: sending,
  });
}

/** @param {boolean | null} [annual] */
function form(annual) {
  const body = new FormData();
  const own = chosen.weather.find(({ name }) => name === state?.weather) ?? (state ? null : chosen.weather[0]);
  const named = state?.weather && !own ? [state.weather] : [];
  if (chosen.model) body.append("models", chosen.model);
  if (own) body.append("weather", own);
  for (const file of chosen.others) body.append("files", file);
  const period = annual === undefined && state ? ANNUAL[state.period] : annual;
  body.append("spec", JSON.stringify({ annual: period, weather: named, ...(state?.name ? { name: state.name } : {}) }));
  return body;
}

/** Does something with the server; what goes wrong is said, with a way to go on. @param {() => Promise<void>} act @param {() => unknown} again */
async function attempt(act, again) {
  say([]);
  try {
    await act();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    doing("");
    if (!state) fill(place);
    if (error instanceof ApiError && error.status === 401) {
      await keep({ chosen, state: state && { period: state.period, weather: state.weather, name: state.name } });
      signIn();
    } else if (error instanceof ApiError && error.status === 422) {
      say(error.faults.map(({ field, message }) => (/^(models|weather|files)/.test(field) ? message : `${field} ${message}`)));
    } else if (error instanceof CutOff) {
      say([(await isReadable()) ? words.problems.cutOff : words.problems.notRead], again);
    } else if (error instanceof ApiError) {
      say([error.message], again);
    } else {
      throw error;
    }
  }
}

/** After signing in again: the files and choices of before. */
async function restore() {
  const kept = await takeKept();
  if (!kept) return;
  chosen = kept.chosen;
  if (!chosen.model) return;
  await look();
  if (kept.state) await change(kept.state);
}

/** Whether the files are still what was chosen. */
async function isReadable() {
  const files = [chosen.model, ...chosen.weather, ...chosen.others].filter((file) => file !== null);
  return Promise.all(files.map((file) => file.slice(0, 1).arrayBuffer())).then(() => true, () => false);
}

function dropPicture() {
  drawing.abort();
  drawing = new AbortController();
  figure = null;
}

function startOver() {
  looking.abort();
  unfollow();
  dropPicture();
  chosen = nothingChosen();
  state = null;
  start.hidden = false;
  start.classList.remove("small");
  fill(place);
  say([]);
  find("#choose").focus();
}

/** @param {string[]} problems @param {(() => unknown) | null} [again] */
function say(problems, again = null) {
  fill(find("#problems"), ...problems.map((text) => h("p", { class: "fault", dir: "auto" }, text)),
    again && h("button", { class: "quiet", type: "button", onclick: again }, words.problems.again));
}

/** @param {string} text */
function doing(text) {
  const line = place.querySelector("#doing");
  if (line) line.textContent = text;
}

/** @param {number} percent */
const sending = (percent) => doing(percent < 100 ? words.sending(String(percent)) : words.checking);
