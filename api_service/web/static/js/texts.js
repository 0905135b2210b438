// The sentences and words that modules show; those of a view are in its own section.

import { audit, deadLetters, fleet, queues, runs, workers } from "./texts-fleet.js";
import { run, simulation } from "./texts-runs.js";

export const texts = {
  audit,
  deadLetters,
  fleet,
  queues,
  run,
  runs,
  simulation,
  workers,
  none: "–",
  yes: "yes",
  no: "no",
  months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  /** @param {string} source */
  source: (source) => `Source: ${source}.`,
  loading: "Loading …",
  retry: "Try again",
  close: "Close",
  errors: {
    unreachable: "The server cannot be reached. Nothing was changed; try again when it is back.",
    unexpected: "The server gave an unexpected answer.",
    title: "This could not be loaded",
  },
  connection: {
    lost: "Connection lost: what you see may be out of date. Trying to reconnect …",
    away: {
      database: "The database is away: what you see may be out of date.",
      broker: "The queue is away: runs that wait do not start. Nothing is lost.",
      storage: "The file store is away: files cannot be sent or read.",
    },
    signedOut: "Your session has ended, so nothing new is shown.",
    signIn: "Sign in again",
  },
  status: {
    queued: "Queued",
    running: "Running",
    succeeded: "Succeeded",
    failed: "Failed",
    cancelled: "Cancelled",
    held: "Held",
    cancelling: "Cancelling",
    ready: "Ready",
    unfit: "Unfit",
    draining: "Draining",
    drained: "Drained",
    stopped: "Stopped",
    lost: "Lost",
    open: "Open",
    paused: "Paused",
  },
  priority: { low: "Low", normal: "Normal", high: "High", urgent: "Urgent" },
  table: {
    pages: "Pages",
    newer: "Previous",
    older: "Next",
    stale: "Not up to date.",
    select: "Select",
    selectAll: "Select all on this page",
    /** @param {number} count */
    selected: (count) => `${count} selected`,
    /** @param {number} first @param {number} last */
    shown: (first, last) => (last < first ? "" : `${first} to ${last}`),
  },
  simulations: {
    caption: "Simulations, newest first",
    columns: {
      name: "Name",
      status: "Status",
      progress: "Progress",
      runs: "Runs",
      priority: "Priority",
      owner: "Owner",
      created: "Submitted",
      took: "Duration",
    },
    unnamed: "(no name)",
    empty: "No simulations yet",
    emptyHint: "What you submit appears here at once, with its progress.",
    nothingFound: "No simulation matches",
    nothingFoundHint: "Try another part of the name, or all statuses.",
    clear: "Show all",
    /** @param {number} ended @param {number} total */
    runs: (ended, total) => `${ended} of ${total}`,
    /** @param {number} failed */
    failed: (failed) => `${failed} failed`,
    actionsLabel: "Actions for the selected simulations",
    selectHint: "Select simulations to cancel, retry, hold or delete them.",
    actions: {
      cancel: "Cancel",
      retry: "Retry failed runs",
      delete: "Delete",
      hold: "Hold",
      release: "Release",
      priority: "Priority …",
    },
    /** @type {Record<string, (count: string) => {title: string, text: string, confirm: string}>} */
    confirm: {
      cancel: (count) => ({
        title: `Cancel ${count}?`,
        text: "Queued runs are cancelled and EnergyPlus is stopped in running ones. Results of runs that have ended stay.",
        confirm: "Cancel runs",
      }),
      retry: (count) => ({
        title: `Retry the failed runs of ${count}?`,
        text: "Failed runs are queued again. Runs that succeeded keep their results.",
        confirm: "Retry",
      }),
      delete: (count) => ({
        title: `Delete ${count}?`,
        text: "Runs, results and files are deleted with it. This cannot be undone.",
        confirm: "Delete",
      }),
      hold: (count) => ({
        title: `Hold ${count}?`,
        text: "No queued run of it starts until you release it. Running ones go on.",
        confirm: "Hold",
      }),
      release: (count) => ({ title: `Release ${count}?`, text: "Its queued runs may start again.", confirm: "Release" }),
      priority: (count) => ({
        title: `Change the priority of ${count}`,
        text: "All queued runs of a higher priority start before those of a lower one.",
        confirm: "Change",
      }),
    },
    /** @param {number} count */
    count: (count) => (count === 1 ? "1 simulation" : `${count} simulations`),
    /** @type {Record<string, (count: string) => string>} */
    done: {
      cancel: (count) => `Cancelling ${count}`,
      retry: (count) => `Retrying ${count}`,
      delete: (count) => `Deleted ${count}`,
      hold: (count) => `Holding ${count}`,
      release: (count) => `Released ${count}`,
      priority: (count) => `Changed the priority of ${count}`,
    },
    /** @param {string} count @param {string} reason */
    notDone: (count, reason) => `Not done for ${count}: ${reason}`,
  },
};
