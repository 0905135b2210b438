// The resources of the API as modules use them, and what is the same about a run wherever it is shown.

/**
 * @typedef {object} Metrics Values by the names of the catalogue; those that were not simulated are null.
 * @property {{kind: string, hours_simulated: number, environments: string[]}} [period]
 * @property {Record<string, Record<string, number>> | null} [end_uses]
 * @property {Record<string, any>} [sizing]
 */
/** @typedef {{class: string, name: string, line: number | null}} ModelObject the line is that in the submitted IDF */
/** @typedef {{severity: "fatal" | "severe" | "warning", text: string, count: number, object: ModelObject | null}} Message */
/** @typedef {{name: string, size: number, sha256: string, href: string}} StoredFile */
/** @typedef {"queued" | "running" | "succeeded" | "failed" | "cancelled"} Status */

/**
 * @typedef {object} Run
 * @property {string} id
 * @property {string} simulation_id
 * @property {number} index
 * @property {string} model
 * @property {string} weather
 * @property {Record<string, unknown> | null} parameters
 * @property {string} engine
 * @property {Status} status
 * @property {string | null} verdict
 * @property {number} progress
 * @property {string} message
 * @property {number} attempt
 * @property {number} max_attempts
 * @property {string | null} held_reason
 * @property {string | null} worker
 * @property {string} queued_at
 * @property {string | null} started_at
 * @property {string | null} ended_at
 * @property {string | null} cancel_requested_at
 * @property {string | null} reused_from
 * @property {number | null} seconds
 * @property {{code: string, message: string} | null} error
 * @property {Message[]} messages
 * @property {StoredFile[]} files
 * @property {(Metrics & Record<string, any>) | null} metrics
 */

/** Why a run is held that a user or the end of another simulation lets go; a backoff ends by itself. */
const HELD = ["user", "canary", "dependency"];

/**
 * The status that is shown of a run: a requested cancellation says more than running, and held more than queued.
 * @param {Pick<Run, "status" | "held_reason" | "cancel_requested_at">} run
 */
export function shownRunStatus({ status, held_reason, cancel_requested_at }) {
  if (status === "running" && cancel_requested_at) return "cancelling";
  return status === "queued" && HELD.includes(held_reason ?? "") ? "held" : status;
}

/** A value of a parameter in one line. @param {unknown} value */
export function parameterText(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
