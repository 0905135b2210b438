// The sentences and words of the views of runs, workers, queues and the audit log. Read as `texts.runs` and so on.

export const fleet = {
  nothingFound: "Nothing matches",
  nothingFoundHint: "Try another part of the name, or fewer conditions.",
  lookFurther: "Nothing matches among those that were looked at. “Older” looks further back.",
  clear: "Show all",
  since: "since",
  unknown: "unknown",
};

export const workers = {
  caption: "Workers, those that need attention first",
  columns: { worker: "Worker", status: "Status", engine: "Engine", runs: "Runs now", memory: "Memory", cpu: "CPU", ended: "Ended", beat: "Last beat", act: "" },
  /** @param {number} there @param {number} busy @param {number} slots */
  sum: (there, busy, slots) => `${there === 1 ? "1 worker" : `${there} workers`}, ${busy} of ${slots} slots in use`,
  /** @param {number} running @param {number} slots */
  slots: (running, slots) => `${running} of ${slots} slots`,
  /** @param {number} index */
  run: (index) => `run ${index} of`,
  /** @param {number} progress */
  progress: (progress) => `${progress} %, since`,
  /** @param {number} rest */
  more: (rest) => `and ${rest} more`,
  /** @param {number} pid */
  pid: (pid) => `process ${pid}`,
  /** @param {string} version */
  version: (version) => `EPSM ${version}`,
  memoryHint: "Memory of the worker's process, without EnergyPlus",
  cpuHint: "Share of one core that the worker's process used, without EnergyPlus",
  outcomes: {
    succeeded: "succeeded",
    failed: "failed",
    cancelled: "cancelled",
    infrastructure: "failed by infrastructure",
    lost: "lost",
    drained: "given back",
    reused: "linked to identical runs",
    twin: "waiting for identical runs",
  },
  drain: "Drain",
  resume: "Resume",
  /** @param {string} host */
  drained: (host) => `${host} finishes its runs and takes no new ones`,
  /** @param {string} host */
  resumed: (host) => `${host} takes runs again`,
  noneEnded: "none yet",
  empty: "No worker is there",
  emptyHint: "Queued runs wait until one is started: “make worker” starts one here, and docs/operations.md says how elsewhere.",
};

export const queues = {
  /** @param {string} engine */
  title: (engine) => `EnergyPlus ${engine}`,
  facts: {
    queued: { label: "Queued", text: "Runs that have not started." },
    running: { label: "Running", text: "Runs that workers execute now, of the slots of all workers that take runs." },
    oldest: { label: "Oldest", text: "Since when the run waits that has waited longest; held ones left out." },
    in: { label: "In", text: "Messages sent to RabbitMQ per second." },
    out: { label: "Out", text: "Messages that workers have finished per second." },
    waiting: { label: "Ready", text: "Messages in RabbitMQ that no worker has received. Few are sent ahead; the others wait in Postgres." },
    unacked: { label: "Unacked", text: "Messages that workers have received and not finished." },
    consumers: { label: "Consumers", text: "Subscriptions of workers. An unfit or draining worker has none." },
    deadLetters: { label: "Dead letters", text: "Messages that RabbitMQ has put aside, such as those that no worker could read." },
  },
  perSecond: "per s",
  /** @param {string} slots */
  slots: (slots) => `of ${slots} slots`,
  /** @param {string} published */
  published: (published) => `${published} sent to workers`,
  seeRuns: "Show its runs",
  /** @param {string} since */
  paused: (since) => `Paused since ${since}: no run starts, running ones go on.`,
  /** @param {string} reason */
  reason: (reason) => `Reason: ${reason}`,
  noSlots: "No worker takes runs of this engine.",
  /** @param {string} why */
  unknown: (why) => `RabbitMQ's numbers are not known: ${why}`,
  empty: "No queues",
  emptyHint: "There is one queue for each engine in EPSM_ENGINES.",
  meanings: "What the numbers mean",
  pause: "Pause …",
  resume: "Resume",
  purge: "Purge …",
  everything: "everything",
  whyPause: "Reason, shown to everybody (optional)",
  /** @param {string} what */
  askPause: (what) => ({
    title: `Pause ${what}?`,
    text: "No queued run starts until it is resumed. Running runs go on, and new simulations are accepted and wait.",
    confirm: "Pause",
  }),
  /** @param {string} what */
  pausedNow: (what) => `Paused ${what}`,
  /** @param {string} what */
  resumedNow: (what) => `Resumed ${what}`,
  /** @param {string} engine @param {string} queued */
  askPurge: (engine, queued) => ({
    title: `Purge the queue of EnergyPlus ${engine}?`,
    text: `All queued runs of all owners, now ${queued}, become cancelled. Running runs go on. Nothing is deleted, but only a new submission runs them.`,
    confirm: "Cancel all queued runs",
  }),
  /** @param {string} engine */
  confirmPurge: (engine) => `Type ${engine} to confirm`,
  /** @param {string} cancelled */
  purged: (cancelled) => `Cancelled ${cancelled} queued runs`,
};

export const deadLetters = {
  title: "Dead letters",
  hint: "Requeueing sends a new message for a run that is still queued. A letter whose run has started or ended is dropped.",
  /** @param {number} shown @param {number} all */
  shown: (shown, all) => `The oldest ${shown} of ${all}`,
  columns: { died: "Put aside", reason: "Reason", run: "Run", text: "Message", act: "" },
  /** @type {Record<string, string>} */
  reasons: {
    rejected: "no worker could read it",
    delivery_limit: "it came back too often",
    expired: "it expired",
    maxlen: "the queue was full",
  },
  noRun: "names no run",
  deleted: "the run does not exist any more",
  requeue: "Requeue",
  requeueAll: "Requeue all",
  drop: "Drop …",
  askDrop: { title: "Drop this message?", text: "It names no run, so nothing can be sent in its place. The message is lost.", confirm: "Drop" },
  /** @param {{requeued: number, over: number, unreadable: number, remaining: number}} done */
  done: ({ requeued, over, unreadable, remaining }) => [
    `${requeued} sent again`,
    over && `${over} dropped because the run has started or ended`,
    unreadable && `${unreadable} without a run`,
    `${remaining} left`,
  ].filter(Boolean).join(", "),
};

export const runs = {
  caption: "Runs of all simulations",
  columns: { run: "Run", status: "Status", worker: "Worker", message: "Message", started: "Started", ended: "Ended", seconds: "Duration", act: "" },
  /** @param {number} index */
  index: (index) => `Run ${index}`,
  of: "of simulation",
  /** @param {string} engine */
  engine: (engine) => `EnergyPlus ${engine}`,
  /** @param {number} attempt @param {number} most */
  attempt: (attempt, most) => `attempt ${attempt} of ${most}`,
  news: "Something has changed that is not in this list.",
  empty: "No runs yet",
  emptyHint: "A simulation has one run for each model, weather file and variant, unless a parameter chooses the files.",
  why: "Why?",
  /** @param {number} index @param {string} model */
  whyQueued: (index, model) => `Why run ${index} (${model}) is not running`,
  /** @param {number} index @param {string} model */
  whyOther: (index, model) => `What is known of run ${index} (${model})`,
  /** @param {string} until */
  until: (until) => `until ${until}`,
  noReason: "There is no reason that the service knows.",
  retry: "Retry …",
  cancel: "Cancel …",
  askRetry: { title: "Retry the failed runs of its simulation?", text: "This run and all other failed runs of the same simulation are queued again. Runs that succeeded keep their results.", confirm: "Retry" },
  askCancel: { title: "Cancel this run?", text: "If it is running, EnergyPlus is stopped. The other runs of its simulation go on.", confirm: "Cancel run" },
  retried: "The failed runs of the simulation are queued again",
  cancelled: "The run is being cancelled",
};

export const audit = {
  caption: "What was done and refused, newest first",
  columns: { at: "When", owner: "Who", action: "Action", object: "Object", detail: "Details", address: "Address" },
  empty: "Nothing was done yet",
  emptyHint: "Submissions, cancellations, changes of the fleet, tokens and sessions appear here.",
  nobody: "not known",
  /** @type {Record<string, string>} */
  actions: {
    "simulation.submitted": "Submitted a simulation",
    "simulation.cancelled": "Cancelled a simulation",
    "simulation.retried": "Retried a simulation",
    "simulation.held": "Held a simulation",
    "simulation.released": "Released a simulation",
    "simulation.priority_changed": "Changed a priority",
    "simulation.deleted": "Deleted a simulation",
    "run.cancelled": "Cancelled a run",
    "fleet.paused": "Paused",
    "fleet.resumed": "Resumed",
    "queue.purged": "Purged a queue",
    "dead_letters.requeued": "Requeued dead letters",
    "worker.drained": "Drained a worker",
    "worker.resumed": "Resumed a worker",
    "token.created": "Created a token",
    "token.revoked": "Revoked a token",
    "session.begun": "Signed in",
    "session.ended": "Signed out",
    "session.refused": "Was refused to sign in",
    "request.refused": "Was refused a request",
  },
  /** @param {string} token */
  token: (token) => `token ${token}`,
  /** @param {string} request */
  request: (request) => `Request ${request}`,
};
