// The sentences and words of the views of a simulation and of a run. Read as `texts.simulation` and `texts.run`.

const number = (/** @type {number} */ value, /** @type {string} */ word) => (value === 1 ? `1 ${word}` : `${value} ${word}s`);

export const simulation = {
  title: "Simulation",
  gone: "This simulation does not exist",
  goneHint: "It has been deleted, or it belongs to somebody else.",
  deleted: "This simulation has been deleted",
  deletedHint: "Its runs, results and files are gone with it.",
  back: "All simulations",
  facts: { owner: "Owner", priority: "Priority", created: "Submitted", started: "Started", ended: "Ended", took: "Duration", round: "Round" },
  description: "Description",
  /** @param {number} percent */
  progress: (percent) => `${percent} % done`,
  /** @param {string} time */
  left: (time) => `${time} left`,
  runs: "Runs",
  failuresFirst: "Failed runs are shown first.",
  /** @param {number} failures @param {boolean} isSame */
  stopped: (failures, isSame) => `Held: ${failures} ${failures === 1 ? "run" : "runs"} failed${isSame && failures > 1 ? " for the same cause" : ""}:`,
  stoppedHint: "The rest goes on when you release it.",
  waits: { end: "Its runs start when this simulation has ended:", success: "Its runs start when this simulation has succeeded:" },
  showAll: "Show all runs",
  none: "No run matches",
  noneHint: "Try another part of a name or a message, or another status.",
  /** @param {number} index */
  run: (index) => `Run ${index}`,
  columns: { run: "Run", status: "Status", model: "Model", weather: "Weather", seconds: "Duration", ended: "Ended" },
  files: "Files",
  results: "All results (ZIP)",
  resultsHint: "The stored files of the runs that have ended, the first 1,000.",
  noResults: "Results can be downloaded once a run has ended.",
  inputs: "What was submitted",
  /** @param {number} count */
  moreInputs: (count) => `and ${count} more, which GET /api/v1/simulations/{id} lists`,
};

export const run = {
  /** @param {number} index */
  name: (index) => `Run ${index}`,
  gone: "This run does not exist",
  goneHint: "Its simulation has been deleted, or belongs to somebody else.",
  deleted: "This run has been deleted",
  deletedHint: "Its simulation was deleted, and its results and files with it.",
  cancel: "Cancel run",
  confirm: {
    title: "Cancel this run?",
    text: "EnergyPlus is stopped if it is running. The other runs of the simulation go on.",
    confirm: "Cancel run",
    isDangerous: true,
  },
  facts: { weather: "Weather", engine: "EnergyPlus", worker: "Worker", queued: "Queued", started: "Started", took: "Duration", reused: "Reused from" },
  /** @param {string} name */
  deletedOriginal: (name) => `${name}, deleted since`,
  parameters: "Parameters",
  why: { queued: "Why it is waiting", cancelled: "Why it was cancelled", failed: "Why it failed" },
  /** @param {string} at */
  until: (at) => `until ${at}`,
  progress: "Progress of the run",
  lookAgain: "Look again",
  starting: "Starting",
  trust: "What this rests on",
  period: "Period",
  hours: "Simulated",
  areas: "Floor area",
  tolerances: "Tolerance of unmet hours",
  severe: "Severe errors",
  warnings: "Warnings",
  verdict: "EnergyPlus says",
  changed: "Changed in the model",
  /** @param {string} total @param {string} conditioned */
  area: (total, conditioned) => (total === conditioned ? `${total}, all conditioned` : `${total}, ${conditioned} conditioned`),
  /** @param {string} heating @param {string} cooling */
  tolerance: (heating, cooling) => (heating === cooling ? heating : `heating ${heating}, cooling ${cooling}`),
  /** @type {Record<string, string>} */
  kinds: { annual: "A full year", partial: "A part of a year", multiple: "Several periods", design_days: "Design days only" },
  /** @type {Record<string, string>} */
  verdicts: {
    success: "Completed successfully",
    success_with_severe_errors: "Completed, with severe errors",
    fatal: "Ended by a fatal error",
    crashed: "Crashed",
    timed_out: "Took too long",
  },
  designDays: "Only design days were simulated, so there are no annual numbers. What was sized is below.",
  notAnnual: "This is not a full year: compare these numbers only with runs of the same period.",
  severeNote: "EnergyPlus reports severe errors: read them before you trust these numbers.",
  headline: "Result",
  all: "All numbers",
  metric: "Metric",
  value: "Value",
  endUses: "End uses by fuel",
  endUse: "End use",
  total: "Total",
  /** @param {string} unit */
  chartLabel: (unit) => `Bars of the end uses by fuel, in ${unit}; the table has the same numbers.`,
  zones: "Zone sizing",
  systems: "System sizing",
  sizing: { zone: "Zone", system: "System", load: "Load", design_load_w: "Design load, W", design_air_flow_m3_per_s: "Air flow, m³/s", design_day: "Design day" },
  messages: "Messages of EnergyPlus",
  noMessages: "EnergyPlus had nothing to say.",
  noMatch: "No message matches.",
  searchMessages: "Search messages",
  severity: { all: "All", fatal: "Fatal", severe: "Severe", warning: "Warning" },
  about: "About",
  /** @param {number} line */
  line: (line) => `in line ${line} of the model`,
  /** @param {number} count */
  times: (count) => `${count} times`,
  /** @param {number} shown @param {number} all */
  shownMessages: (shown, all) => (shown === all ? `${number(all, "different message")}.` : `${shown} of ${number(all, "different message")}.`),
  mostMessages: "At most 200 different ones are kept; the log has all.",
  log: "The whole log",
  changes: "Changes to the model before it ran",
  /** @param {number} count */
  changeCount: (count) => number(count, "change"),
  /** @param {number} count */
  moreChanges: (count) => `… and ${count} more.`,
  noChanges: "Nothing was changed.",
  object: "Object",
  change: "Change",
  noChangesFile: "What was changed was not stored.",
  report: "EnergyPlus's own report",
  reportHint: "Shown in a frame that runs no scripts and loads nothing.",
  files: "Files",
  noFiles: "Files appear when the run has ended.",
  noFilesKept: "No file was stored.",
  file: "File",
  size: "Size",
  attempts: "Attempts",
  noAttempts: "No worker has tried it.",
  moreAttempts: "There are earlier attempts, which GET /api/v1/runs/{id}/attempts lists.",
  attempt: { number: "No.", outcome: "Outcome", worker: "Worker", started: "Started", took: "Duration", phases: "Time spent" },
  /** @type {Record<string, string>} */
  outcomes: {
    running: "Running",
    succeeded: "Succeeded",
    failed: "Failed",
    cancelled: "Cancelled",
    infrastructure: "Fault of the service; tried again if attempts are left",
    lost: "The worker stopped answering",
    drained: "Given back: the worker was stopped",
    reused: "Got the result of an identical run",
    twin: "Given back: an identical run was running",
  },
};
