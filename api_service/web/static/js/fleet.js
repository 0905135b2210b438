// Workers and queues after an event: what was fetched, with what the event says. Pure; called by views of the fleet.

/** @typedef {{id: string, simulation_id: string, index: number, model: string, weather: string, progress: number, started_at: string}} WorkerRun */
/** @typedef {keyof typeof RANK} WorkerStatus */

/**
 * @typedef {object} Worker
 * @property {string} id
 * @property {string} host
 * @property {number} pid
 * @property {string} engine
 * @property {string} version
 * @property {number} concurrency
 * @property {number} running
 * @property {WorkerRun[]} runs those that the requester may see
 * @property {WorkerStatus} status
 * @property {string | null} reason
 * @property {string} started_at
 * @property {string} beat_at
 * @property {string | null} drain_requested_at
 * @property {number | null} memory_bytes
 * @property {number | null} cpu_percent
 * @property {Record<string, number> | null} ended
 */

/**
 * @typedef {object} Queue
 * @property {string} engine
 * @property {number} queued
 * @property {number} published
 * @property {number} running
 * @property {number} slots
 * @property {boolean} paused
 * @property {string | null} reason
 * @property {string | null} since
 * @property {number | null} waiting
 * @property {number | null} consumers
 * @property {number | null} dead_letters
 * @property {string | null} waiting_unknown
 * @property {number | null} unacked
 * @property {number | null} in_per_second
 * @property {number | null} out_per_second
 * @property {string | null} traffic_unknown
 * @property {string | null} oldest_queued_at
 */

/** What needs somebody comes first. */
const RANK = { unfit: 0, lost: 1, ready: 2, draining: 3, drained: 4, stopped: 5 };
/** Statuses of workers whose process is there. @type {ReadonlySet<string>} */
const HERE = new Set(["unfit", "ready", "draining", "drained"]);

/** @param {Worker} worker */
export const isHere = ({ status }) => HERE.has(status);

/**
 * The workers after an event. Events of workers do not say which runs they have; events of runs do.
 * @param {Worker[]} workers
 * @param {string} name
 * @param {any} data
 * @returns {Worker[]}
 */
export function workersAfter(workers, name, data) {
  if (name === "run") return workers.map((worker) => withRun(worker, data));
  if (name === "workers") return data.items.map((/** @type {Worker} */ item) => merged(workers, item));
  const worker = merged(workers, data);
  return workers.some(({ id }) => id === worker.id) ? workers.map((one) => (one.id === worker.id ? worker : one)) : [worker, ...workers];
}

/**
 * @param {Queue[]} queues
 * @param {string} name
 * @param {any} data
 * @returns {Queue[]}
 */
export function queuesAfter(queues, name, data) {
  if (name === "queues") return data.items;
  const others = queues.filter(({ engine }) => engine !== data.engine);
  return [...others, data].sort((a, b) => (a.engine < b.engine ? -1 : 1));
}

/** @param {Worker[]} workers */
export function ordered(workers) {
  return [...workers].sort((a, b) => RANK[a.status] - RANK[b.status] || compare(a.host, b.host) || compare(a.id, b.id));
}

/**
 * Whether a worker, or what it runs, has the text in its names.
 * @param {Worker} worker
 * @param {string} text
 */
export function isFound(worker, text) {
  const { id, host, engine, version, runs } = worker;
  const names = [id, host, engine, version, ...runs.flatMap((run) => [run.id, run.simulation_id, run.model])];
  return names.some((name) => name.toLowerCase().includes(text.toLowerCase()));
}

/** @param {Worker[]} workers @param {Partial<Worker> & {id: string}} fresh @returns {Worker} */
function merged(workers, fresh) {
  const known = workers.find(({ id }) => id === fresh.id);
  return /** @type {Worker} */ ({ runs: [], ...known, ...fresh });
}

/** @param {Worker} worker @param {WorkerRun & {status: string, worker: string | null}} run @returns {Worker} */
function withRun(worker, run) {
  const others = worker.runs.filter(({ id }) => id !== run.id);
  if (run.status !== "running" || run.worker !== worker.id) return others.length === worker.runs.length ? worker : { ...worker, runs: others };
  return { ...worker, runs: [...others, run].sort((a, b) => compare(a.started_at, b.started_at) || compare(a.id, b.id)) };
}

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
