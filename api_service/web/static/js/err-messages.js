// Messages of EnergyPlus: how many there are, and which ones a search wants. Pure.

/** @typedef {import("./resources.js").Message} Message */

/** Most serious first. @type {Message["severity"][]} */
export const SEVERITIES = ["fatal", "severe", "warning"];
/**
 * @param {Message[]} messages
 * @param {{severity: string, search: string}} wanted `severity` is empty for all
 */
export function wantedMessages(messages, { severity, search }) {
  const part = search.trim().toLowerCase();
  return messages.filter((one) => (!severity || one.severity === severity) && one.text.toLowerCase().includes(part));
}

/**
 * How many different messages there are of each severity.
 * @param {Message[]} messages
 */
export function bySeverity(messages) {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, messages.filter((one) => one.severity === severity).length]));
}
