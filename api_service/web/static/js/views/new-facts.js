// What the card says about a model, from the answer of a dry run. Pure.

import { texts } from "../texts.js";
import { about } from "../time.js";
import { number } from "../units.js";
import { words } from "./new-texts.js";

/** @typedef {"annual" | "authored" | "design"} Period */
/** @typedef {{kind: string, name: string, begin: string | null, end: string | null, days: number}} PreviewedPeriod */
/** @typedef {{message: string, line?: number | null}} Fault */
/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string | null} version
 * @property {string | null} engine
 * @property {string | null} building
 * @property {number | null} zones
 * @property {number | null} total_area_m2
 * @property {{name: string, latitude: number, longitude: number} | null} location
 * @property {PreviewedPeriod[] | null} periods
 * @property {Fault[]} errors
 * @property {string[]} warnings
 * @property {import("./new-projection.js").Geometry | null} geometry
 */
/** @typedef {{name: string, errors: Fault[]}} LookedAt */
/** @typedef {{count: number, models: Model[], weather: LookedAt[], files: LookedAt[], errors: {field: string, message: string}[], estimate: {run_seconds: {p50: number, p90: number}} | null}} DryRun */
/** @typedef {{where: string, line: number | null, text: string}} Problem */

/** The value of `annual` in a spec. @type {Record<Period, boolean | null>} */
export const ANNUAL = { annual: true, authored: null, design: false };
const WOULD_FAIL = "A run would fail";

/** A model without a weather run gets a full year. @param {PreviewedPeriod[] | null} authored @returns {Period} */
export const firstPeriod = (authored) => (hasWeatherRun(authored) ? "authored" : "annual");

/** @param {PreviewedPeriod[] | null} periods */
const hasWeatherRun = (periods) => (periods ?? []).some(({ kind }) => kind === "run_period");

/** Area, zones, place and version. @param {Model} model @returns {string[]} */
export function facts({ total_area_m2, zones, location, version }) {
  return [
    total_area_m2 === null ? "" : `${number(total_area_m2 >= 10 ? Math.round(total_area_m2) : total_area_m2)} m²`,
    zones === null ? "" : words.card.zones(number(zones)),
    location?.name ?? "",
    version === null ? "" : words.card.version(version),
  ].filter(Boolean);
}

/**
 * What would be simulated, in a sentence.
 * @param {Period} period
 * @param {PreviewedPeriod[] | null} authored the periods of the model as it is
 */
export function sentence(period, authored) {
  const { sentences } = words.card;
  if (period === "annual") return hasWeatherRun(authored) ? sentences.annual : sentences.noWeatherRun;
  if (period === "design") return sentences.design;
  const parts = periodTexts(authored ?? []);
  return parts.length ? sentences.authored(parts.join(", ")) : sentences.authoredNothing;
}

/** How long a run takes, in a sentence; nothing when it cannot be said. @param {DryRun} said */
export const takes = ({ estimate }) => (estimate ? words.card.takes(about(estimate.run_seconds)) : "");

/** @param {PreviewedPeriod[]} periods */
function periodTexts(periods) {
  const designDays = periods.filter(({ kind }) => kind === "sizing_period").length;
  const runs = periods.filter(({ kind }) => kind === "run_period").map(({ begin, end, days }) =>
    begin && end ? words.card.span(day(begin), day(end), days) : words.card.days(days));
  return designDays ? [words.card.designDays(designDays), ...runs] : runs;
}

/** `01-31` as `31 Jan`. @param {string} monthAndDay */
function day(monthAndDay) {
  const [month, date] = monthAndDay.split("-").map(Number);
  return `${date} ${texts.months[month - 1] ?? ""}`;
}

/**
 * Everything that keeps a submission from running, in the order of its files.
 * @param {DryRun} said
 * @param {Period} period
 * @returns {Problem[]}
 */
export function problemsOf(said, period) {
  const ofFiles = [...said.models, ...said.weather, ...said.files].flatMap(({ name, errors }) =>
    errors.map(({ message, line }) => ({ where: name, line: line ?? null, text: withoutLine(message, line) })));
  const failing = said.models.flatMap(({ name, warnings }) =>
    warnings.filter((warning) => warning.startsWith(WOULD_FAIL)).map((text) => ({ where: name, line: null, text })));
  const idle = said.models.filter(({ periods }) => periods?.length === 0)
    .map(({ name }) => ({ where: name, line: null, text: words.problems.nothingRuns[period] }));
  const isRead = said.models.every(({ errors }) => errors.length === 0);
  const missing = (isRead ? said.errors : []).map(({ field, message }) => ({
    where: "", line: null, text: field === "weather" ? words.problems.noWeather : `${field} ${message}`,
  }));
  return [...ofFiles, ...failing, ...idle, ...missing];
}

/** What a run would change; what it would fail for is among the problems. @param {DryRun} said */
export const warningsOf = (said) => said.models.flatMap(({ warnings }) => warnings.filter((text) => !text.startsWith(WOULD_FAIL)));

/** The line is shown beside the message. @param {string} message @param {number | null | undefined} line */
function withoutLine(message, line) {
  const start = `line ${line}: `;
  return message.startsWith(start) ? message.slice(start.length) : message;
}
