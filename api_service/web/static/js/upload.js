// Sends a form with files and says how far it is; `fetch` cannot say that.

import { ApiError, asQuery, csrfToken } from "./api.js";
import { texts } from "./texts.js";

/** The connection ended before an answer came. */
export class CutOff extends Error {}

/**
 * Sends a form to a path below /api/v1 and returns the JSON of the answer. Throws ApiError, CutOff, or the reason of
 * an abort. What to do without a session (401) is the caller's to say, who has the files.
 * @param {string} path
 * @param {FormData} form
 * @param {{query?: Record<string, any>, headers?: Record<string, string>, signal?: AbortSignal, onProgress?: (percent: number) => void}} [options]
 * @returns {Promise<any>}
 */
export function upload(path, form, { query = {}, headers = {}, signal, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}${asQuery(query)}`);
    for (const [name, value] of Object.entries({ Accept: "application/json", "X-CSRFToken": csrfToken(), ...headers })) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(Math.floor((100 * loaded) / (total || 1)));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300 && answer) resolve(answer);
      else reject(new ApiError(request.status, answer?.detail ?? `${texts.errors.unexpected} (${request.status})`, answer?.errors ?? []));
    };
    request.onerror = () => reject(new CutOff());
    request.onabort = () => reject(signal?.reason);
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
