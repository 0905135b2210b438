// The lines of a run's changes.json: what preparation changed in the model, taken apart so that it reads as a diff.

/** @typedef {{object: string, what: string, from: string | null, to: string | null}} Change */

const CHANGED = /^(.+?) changed from (.*?) to (.*)$/s;

/**
 * `Building 'A': north_axis changed from 0 to 90` has object, what (north_axis), from and to; others only object and what.
 * @param {string} line
 * @returns {Change}
 */
export function readChange(line) {
  const end = line.indexOf(": ");
  const object = end < 0 ? "" : line.slice(0, end);
  const said = end < 0 ? line : line.slice(end + 2);
  const found = CHANGED.exec(said);
  return found ? { object, what: found[1], from: found[2], to: found[3] } : { object, what: said, from: null, to: null };
}

/**
 * The content of changes.json; null when it is something else.
 * @param {unknown} content
 * @returns {Change[] | null}
 */
export function readChanges(content) {
  return Array.isArray(content) ? content.map((line) => readChange(String(line))) : null;
}

const MORE = / … and (\d+) more$/;

/**
 * How many changes there are: `Zone … and 98900 more: multiplier set to 2` stands for those that are not listed.
 * @param {Change[]} changes
 */
export function countChanges(changes) {
  return changes.reduce((count, { object }) => count + Number(MORE.exec(object)?.[1] ?? 1), 0);
}
