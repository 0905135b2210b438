// Instants and durations as they are shown. The API's times are RFC 3339 in UTC; pages show the browser's time zone.

import { h } from "./dom.js";
import { texts } from "./texts.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A duration of `seconds`, in its two largest units.
 * @param {number | null | undefined} seconds
 */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return texts.none;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return pair(whole, MINUTE, "min", 1, "s");
  if (whole < DAY) return pair(whole, HOUR, "h", MINUTE, "min");
  return pair(whole, DAY, "d", HOUR, "h");
}

/** Units of estimates, with the seconds up to which each is used: an estimate has no second unit. @type {[number, number, string][]} */
const COARSE = [[100, 1, "s"], [100 * MINUTE, MINUTE, "min"], [48 * HOUR, HOUR, "h"], [Infinity, DAY, "d"]];

/**
 * An estimate with its spread: `about 12 to 18 min`.
 * @param {{p50: number, p90: number}} seconds
 */
export function about({ p50, p90 }) {
  const [, unit, name] = COARSE.find(([most]) => p90 < most) ?? COARSE[COARSE.length - 1];
  const [low, high] = [p50, p90].map((value) => Math.max(Math.round(value / unit), 1));
  return low === high ? `about ${low} ${name}` : `about ${low} to ${high} ${name}`;
}

/**
 * Seconds between two instants; null when one is missing.
 * @param {string | null | undefined} from
 * @param {string | null | undefined} to
 */
export function between(from, to) {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;
}

/**
 * `2026-03-01 14:05`, in the browser's time zone.
 * @param {string | null | undefined} at
 */
export function moment(at) {
  if (!at) return texts.none;
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * A <time> element; on hover it shows the seconds and the time zone.
 * @param {string | null | undefined} at
 */
export function timeElement(at) {
  return at ? h("time", { datetime: at, title: new Date(at).toString() }, moment(at)) : texts.none;
}

/**
 * A <time> element that shows the time of day with its seconds; on hover, the day and the time zone too.
 * @param {string | null | undefined} at
 */
export function clockElement(at) {
  return at ? h("time", { datetime: at, title: new Date(at).toString() }, clock(at)) : texts.none;
}

/**
 * A <time> element in two lines for narrow columns: the time of day, and the day below.
 * @param {string} at
 */
export function twoLines(at) {
  return h("time", { datetime: at, title: new Date(at).toString() }, clock(at), h("span", { class: "under" }, moment(at).slice(0, 10)));
}

/**
 * A <time> element with day and seconds.
 * @param {string} at
 */
export function withSecondsElement(at) {
  return h("time", { datetime: at, title: new Date(at).toString() }, `${moment(at).slice(0, 10)} ${clock(at)}`);
}

/** @param {string} at */
function clock(at) {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** @param {number} seconds @param {number} large @param {string} largeName @param {number} small @param {string} smallName */
function pair(seconds, large, largeName, small, smallName) {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeName}`;
  return rest ? `${first} ${rest} ${smallName}` : first;
}

/** @param {number} value */
const two = (value) => String(value).padStart(2, "0");
