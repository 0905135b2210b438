// The picture of a building: an axonometric view that is turned by mouse, touch, buttons and arrow keys.

import { coloursWithin, onTheme } from "../colours.js";
import { fill, h } from "../dom.js";
import { count } from "../units.js";
import { extent, outer, project, turned } from "./new-projection.js";
import { words } from "./new-texts.js";

/** @typedef {import("./new-projection.js").Surface} Surface */

const FIRST_VIEW = { azimuth: 30, elevation: 28 };
const HEIGHT = 300;
const MARGIN = 14;
const STEP = 10;
const DEGREES_PER_PIXEL = 0.5;
/** Zones have one of so many colours; the legend names as many. */
const COLOURS = 8;
/** @type {Record<string, [number, number]>} */
const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

/**
 * @param {import("./new-projection.js").Geometry} geometry
 * @param {AbortSignal} until the picture is shown no more
 * @returns {HTMLElement}
 */
export function picture({ surfaces, note }, until) {
  if (!surfaces.length) return h("figure", { class: "picture none" }, h("p", { class: "quiet-text" }, note));
  const drawn = outer(surfaces);
  const { middle, radius, size } = extent(drawn);
  const zones = [...new Set(drawn.map(({ zone }) => zone))];
  let view = FIRST_VIEW;
  let colouring = "boundary";

  const canvas = h("canvas", { role: "img", "aria-label": describe(surfaces, size) });
  const legend = h("ul", { class: "legend" });
  const stage = h("div", { class: "stage", tabindex: 0, role: "group", "aria-label": words.picture.turn }, canvas);
  const choice = h("select", { "aria-label": words.picture.colour, onchange: () => { colouring = choice.value; draw(); } },
    h("option", { value: "boundary" }, words.picture.boundary), h("option", { value: "zone" }, words.picture.zone));

  /** @param {Surface} surface */
  const colourOf = ({ zone, boundary, type }) => {
    if (type === "window") return "window";
    if (colouring === "boundary" || boundary === "shading") return boundary;
    return `series-${(zones.indexOf(zone) % COLOURS) + 1}`;
  };

  function draw() {
    const context = canvas.getContext("2d");
    const width = stage.clientWidth;
    if (!context || !width) return;
    const density = devicePixelRatio || 1;
    canvas.width = width * density;
    canvas.height = HEIGHT * density;
    const colours = coloursWithin(stage);
    const colour = (/** @type {string} */ name) => colours(name.startsWith("series") ? name : `picture-${name}`);
    const scale = (Math.min(width, HEIGHT) / 2 - MARGIN) / radius * (width > HEIGHT ? 1.15 : 1);
    context.setTransform(density, 0, 0, density, canvas.width / 2, canvas.height / 2);
    context.lineJoin = "round";
    for (const { surface, points, light } of project(drawn, view, middle)) {
      context.beginPath();
      points.forEach(([x, y], index) => (index ? context.lineTo(x * scale, y * scale) : context.moveTo(x * scale, y * scale)));
      context.closePath();
      context.fillStyle = colour(colourOf(surface));
      context.fill();
      context.fillStyle = colour("shade");
      context.globalAlpha = 0.45 * (1 - light);
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = colour("edge");
      context.lineWidth = 0.8;
      context.stroke();
    }
    fill(legend, ...legendOf(drawn, colouring, zones));
  }

  /** @param {number} right @param {number} up */
  const turn = (right, up) => {
    view = turned(view, right, up);
    draw();
  };
  stage.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    turn(...step);
  });
  stage.addEventListener("pointerdown", (event) => stage.setPointerCapture(event.pointerId));
  stage.addEventListener("pointermove", (event) => {
    if (event.buttons) turn(-event.movementX * DEGREES_PER_PIXEL, event.movementY * DEGREES_PER_PIXEL);
  });
  const observer = new ResizeObserver(draw);
  observer.observe(stage);
  onTheme(draw, until);
  until.addEventListener("abort", () => observer.disconnect());

  const button = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {number} */ step) =>
    h("button", { class: "quiet small", type: "button", "aria-label": label, onclick: () => turn(step, 0) }, sign);
  return h("figure", { class: "picture" }, stage,
    h("figcaption", {}, h("span", { class: "help" }, words.picture.turn),
      h("span", { class: "controls" }, button(words.picture.left, "↺", -STEP), button(words.picture.right, "↻", STEP), choice)),
    legend);
}

/** @param {Surface[]} drawn @param {string} colouring @param {string[]} zones */
function legendOf(drawn, colouring, zones) {
  const entry = (/** @type {string} */ kind, /** @type {string} */ text) =>
    h("li", {}, h("i", { class: `swatch ${kind}` }), h("span", { dir: "auto" }, text));
  const windows = drawn.some(({ type }) => type === "window") ? [entry("window", words.picture.boundaries.window)] : [];
  if (colouring === "boundary") {
    const there = new Set(drawn.filter(({ type }) => type !== "window").map(({ boundary }) => boundary));
    const names = /** @type {(keyof typeof words.picture.boundaries)[]} */ (Object.keys(words.picture.boundaries));
    return [...names.filter((name) => there.has(name)).map((name) => entry(name, words.picture.boundaries[name])), ...windows];
  }
  const named = zones.filter(Boolean);
  const shown = named.slice(0, COLOURS).map((zone) => entry(`series-${(zones.indexOf(zone) % COLOURS) + 1}`, zone));
  const more = named.length > COLOURS ? [h("li", { class: "quiet-text" }, words.picture.moreZones(named.length - COLOURS))] : [];
  return [...shown, ...more, ...windows];
}

/** What the picture shows, in words. @param {Surface[]} surfaces @param {number[]} size */
export function describe(surfaces, size) {
  const counts = Object.entries(words.picture.kinds).map(([kind, [one, several]]) => {
    const found = surfaces.filter(({ type }) => type === kind).length;
    return found ? `${count(found)} ${found === 1 ? one : several}` : "";
  });
  const [x, y, z] = size.map((length) => String(Number(length.toFixed(1))));
  return words.picture.text(words.picture.size(x, y, z), counts.filter(Boolean).join(", "));
}
