// The badge of a status: colour, icon and word, so that none of them is needed to understand it.

import { h, svg } from "./dom.js";
import { texts } from "./texts.js";

const CHECK = "M2.5 8.5l3.5 3.5l7.5-8";
const CROSS = "M3.5 3.5l9 9M12.5 3.5l-9 9";
const PAUSE = "M5.5 3v10M10.5 3v10";
const EXCLAMATION = "M8 2.5v7M8 13v.2";

/** @type {Record<keyof typeof texts.status, {kind: string, path: string}>} Paths in a square of 16. */
const LOOKS = {
  queued: { kind: "", path: "M8 4v4l2.5 1.5M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5" },
  running: { kind: "busy", path: "M5 3.2l7.5 4.8L5 12.8z" },
  succeeded: { kind: "good", path: CHECK },
  failed: { kind: "bad", path: CROSS },
  cancelled: { kind: "", path: "M3.5 12.5l9-9M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5" },
  held: { kind: "warn", path: PAUSE },
  cancelling: { kind: "warn", path: "M3.5 8h9" },
  ready: { kind: "good", path: CHECK },
  unfit: { kind: "bad", path: EXCLAMATION },
  draining: { kind: "warn", path: "M8 2.5v9M4.5 8l3.5 3.5L11.5 8" },
  drained: { kind: "warn", path: PAUSE },
  stopped: { kind: "", path: "M4 4h8v8H4z" },
  lost: { kind: "bad", path: CROSS },
  open: { kind: "good", path: CHECK },
  paused: { kind: "warn", path: PAUSE },
};

/** @param {keyof typeof texts.status} status */
export function badge(status) {
  const { kind, path } = LOOKS[status];
  const icon = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", {
    d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round",
  }));
  return h("span", { class: `badge ${kind}`.trim() }, icon, texts.status[status]);
}

/**
 * The status that is shown of a simulation: being held or cancelled says more than being queued, and an open circuit
 * breaker more than running.
 * @param {{status: string, held_at: string | null, circuit_breaker: object | null, waits_for: string | null, cancel_requested_at: string | null, ended_at: string | null}} simulation
 * @returns {keyof typeof texts.status}
 */
export function shownStatus({ status, held_at, circuit_breaker, waits_for, cancel_requested_at, ended_at }) {
  if (!ended_at && cancel_requested_at) return "cancelling";
  if (!ended_at && circuit_breaker) return "held";
  if (status === "queued" && (held_at || waits_for)) return "held";
  return /** @type {keyof typeof texts.status} */ (status);
}
