// Copies what browsers get from node_modules to static/vendor, each file with a compressed copy beside it.
// Called by `make setup` and by the build of the API's image, after `npm ci`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** @type {Record<string, string>} Name in static/vendor, and the file of the package. */
const FILES = {
  "echarts.js": "echarts/dist/echarts.esm.min.mjs",
};

const target = new URL("static/vendor/", import.meta.url);
rmSync(target, { recursive: true, force: true });
mkdirSync(target);
for (const [name, source] of Object.entries(FILES)) {
  const content = readFileSync(new URL(`node_modules/${source}`, import.meta.url));
  writeFileSync(new URL(name, target), content);
  writeFileSync(new URL(`${name}.gz`, target), gzipSync(content, { level: 9 }));
}
