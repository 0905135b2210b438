// The filter of the list of runs: what the API is asked, and whether a run that has changed belongs to it. Pure.

/** @typedef {Record<string, string>} Values of the form */

const HOUR = 3600e3;
/** @type {Record<string, number>} Milliseconds. */
const PERIODS = { "1h": HOUR, "1d": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR };
export const SORTS = ["started", "ended", "seconds"].flatMap((key) => [key, `-${key}`]);

/**
 * The query parameters for values of the form.
 * @param {Values} values
 * @param {number} now
 * @returns {Record<string, string | null>}
 */
export function queryOf({ ended = "", ...others }, now) {
  return { ...others, ended_after: Object.hasOwn(PERIODS, ended) ? new Date(now - PERIODS[ended]).toISOString() : null };
}

/**
 * Whether a run would be in the list. The owner is not in it, so only the server knows that.
 * @param {import("./views/runs.js").Run} run
 * @param {Values} values
 * @param {number} now
 */
export function isWanted(run, { q = "", status, ended, engine, worker }, now) {
  const texts = [run.model, run.message, run.error?.message ?? ""];
  return (!status || run.status === status) && (!engine || run.engine === engine) && (!worker || run.worker === worker)
    && (!ended || (run.ended_at !== null && now - Date.parse(run.ended_at) < PERIODS[ended]))
    && (!q || texts.some((text) => text.toLowerCase().includes(q.toLowerCase())));
}
