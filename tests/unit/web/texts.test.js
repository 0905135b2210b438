import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import test from "node:test";

import { texts } from "../../../api_service/web/static/js/texts.js";
import { words } from "../../../api_service/web/static/js/views/new-texts.js";

/** The tests are run in the directory of the page. */
const WEB = `${process.cwd()}/`;
const read = (/** @type {string} */ pattern) => globSync(WEB + pattern).filter((path) => !path.includes("/vendor/")).map((path) => readFileSync(path, "utf8")).join("\n");
const modules = globSync(`${WEB}static/js/**/*.js`).filter((path) => !/texts[^/]*\.js$/.test(path)).map((path) => readFileSync(path, "utf8")).join("\n");

/** Names after a point, and those that are taken out of an object. */
const named = new Set([...modules.matchAll(/\.(\w+)/g)].map(([, name]) => name));
for (const [, names] of modules.matchAll(/\{([\w, ]+)\} = (?:words|texts)/g)) names.split(",").forEach((name) => named.add(name.trim()));
/** Groups of which a key is computed, or which are handed over whole. */
const whole = new Set([
  ...[...modules.matchAll(/(?:words|texts|named)[.\w]*?\.?(\w+)(?:\[|\)| \?\?|, )/g)].map(([, name]) => name),
]);

/** @param {string} path @param {any} group @returns {string[]} */
const unused = (path, group) => Object.entries(group).flatMap(([name, value]) => {
  const here = `${path}.${name}`;
  if (!named.has(name)) return [here];
  return typeof value === "object" && !Array.isArray(value) && !whole.has(name) ? unused(here, value) : [];
});

test("every text is used", () => {
  assert.deepEqual([...unused("texts", texts), ...unused("words", words)], []);
});

test("every class of the stylesheets is on an element", () => {
  const written = read("static/js/**/*.js") + read("templates/**/*.html") + readFileSync(`${WEB}look.py`, "utf8");
  const styles = read("static/css/**/*.css").replace(/\/\*.*?\*\//gs, "").replace(/\{[^{}]*\}/g, "{}");
  const classes = new Set([...styles.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name));

  assert.ok(classes.size > 100);
  /** Numbers are computed. @param {string} name */
  const isWritten = (name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(written) || (/\d$/.test(name) && written.includes(name.replace(/\d+$/, "${")));
  assert.deepEqual([...classes].filter((name) => !isWritten(name)), []);
});
