// What a run is doing, from its message. Pure.

import { texts } from "../texts.js";
import { words } from "./new-texts.js";

/** "Simulating RUN PERIOD 1, 03-21 (estimated)": the day that is simulated. */
const DAY = /^Simulating (.*), (\d\d)-(\d\d)(?: \(estimated\))?$/;

/** The month that is simulated, from 1; null when none is. @param {string | null | undefined} message */
export function monthOf(message) {
  const found = DAY.exec(message ?? "");
  return found ? Number(found[2]) : null;
}

/**
 * In words: the day, the step before it, or why nothing happens yet.
 * @param {{status: string, message?: string} | null} run
 * @param {string} reason why it waits
 */
export function doingOf(run, reason) {
  if (!run || run.status === "queued") return reason || words.run.queued;
  if (run.status !== "running") return "";
  const found = DAY.exec(run.message ?? "");
  if (!found) return (run.message || words.run.starting).replace(/ \(estimated\)$/, "");
  return `${Number(found[3])} ${texts.months[Number(found[2]) - 1] ?? found[2]}`;
}
