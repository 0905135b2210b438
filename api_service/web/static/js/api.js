// Calls of /api/v1. Problem documents become errors; without a session the browser goes to the sign-in page.

import { texts } from "./texts.js";

/** @typedef {string | number | boolean | null | undefined} QueryValue */
/** @typedef {{query?: Record<string, QueryValue>, json?: unknown, form?: FormData, signal?: AbortSignal}} Options */
/** @typedef {{field: string, message: string}} Fault */

const V1 = "/api/v1";

/** An answer that is no success; `status` is 0 when there was no answer. */
export class ApiError extends Error {
  /** @param {number} status @param {string} detail @param {Fault[]} [faults] */
  constructor(status, detail, faults = []) {
    super(detail);
    this.status = status;
    this.faults = faults;
  }
}

/**
 * Sends a request to a path below /api/v1 and returns the JSON of the answer; null without content. Throws ApiError.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function call(method, path, { query = {}, json, form, signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = json === undefined ? form : JSON.stringify(json);
  let response;
  try {
    response = await fetch(V1 + path + asQuery(query), { method, headers, body, signal, cache: "no-store" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, texts.errors.unreachable);
  }
  if (response.status === 401) signIn();
  if (!response.ok) throw await asError(response);
  return response.status === 204 ? null : response.json();
}

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => call("GET", path, options);
/** @param {string} path @param {Options} [options] */
export const post = (path, options) => call("POST", path, options);

/**
 * Returns `?a=1&b=2`; values that are null, undefined or empty are left out.
 * @param {Record<string, QueryValue>} values
 */
export function asQuery(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query && `?${query}`;
}

/** Goes to the sign-in page, which leads back here. */
export function signIn() {
  location.assign(`/sign-in${asQuery({ next: location.pathname + location.search })}`);
}

/** Whether the session has ended; false when there is no answer. */
export async function isSignedOut() {
  try {
    return (await fetch(`${V1}/simulations?limit=1`, { cache: "no-store" })).status === 401;
  } catch {
    return false;
  }
}

/** The proof that a request comes from this page; for uploads that need XMLHttpRequest. */
export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
}

/** @param {Response} response */
async function asError(response) {
  try {
    const problem = await response.json();
    return new ApiError(response.status, problem.detail ?? texts.errors.unexpected, problem.errors ?? []);
  } catch {
    return new ApiError(response.status, `${texts.errors.unexpected} (${response.status})`);
  }
}
