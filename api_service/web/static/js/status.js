// The badge of a status: colour, icon and word, so that none of them is needed to understand it.

import { h, svg } from "./dom.js";
import { texts } from "./texts.js";

/** @type {Record<keyof typeof texts.status, {kind: string, path: string}>} Paths in a square of 16. */
const LOOKS = {
  queued: { kind: "", path: "M8 4v4l2.5 1.5M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5" },
  running: { kind: "busy", path: "M5 3.2l7.5 4.8L5 12.8z" },
  succeeded: { kind: "good", path: "M2.5 8.5l3.5 3.5l7.5-8" },
  failed: { kind: "bad", path: "M3.5 3.5l9 9M12.5 3.5l-9 9" },
  cancelled: { kind: "", path: "M3.5 12.5l9-9M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5" },
  held: { kind: "warn", path: "M5.5 3v10M10.5 3v10" },
  cancelling: { kind: "warn", path: "M3.5 8h9" },
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
 * The status that is shown of a simulation: being held or cancelled says more than being queued.
 * @param {{status: string, held_at: string | null, cancel_requested_at: string | null, ended_at: string | null}} simulation
 * @returns {keyof typeof texts.status}
 */
export function shownStatus({ status, held_at, cancel_requested_at, ended_at }) {
  if (!ended_at && cancel_requested_at) return "cancelling";
  if (status === "queued" && held_at) return "held";
  return /** @type {keyof typeof texts.status} */ (status);
}
