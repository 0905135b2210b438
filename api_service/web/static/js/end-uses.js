// End uses by fuel: the numbers as a table, the largest first, and a chart of them.

import { h } from "./dom.js";
import { onSettings, settings } from "./settings.js";
import { scrolling } from "./table-parts.js";
import { texts } from "./texts.js";
import { ENERGY, energy, number } from "./units.js";

/** @typedef {{name: string, values: (number | null)[], total: number}} EndUse */
/** @typedef {{fuels: string[], rows: EndUse[], totals: number[], total: number}} EndUses */

const words = texts.run;
/** Colours of variables.css; further fuels begin again. */
const COLOURS = 6;
const ROW_PIXELS = 30;
const AXIS_PIXELS = 58;

/** @param {Record<string, Record<string, number>>} byUse kWh @returns {EndUses} */
export function endUses(byUse) {
  const sum = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0);
  const uses = Object.entries(byUse).map(([name, byFuel]) => ({ name, byFuel, total: sum(Object.values(byFuel)) }));
  uses.sort((a, b) => b.total - a.total);
  const inAll = (/** @type {string} */ fuel) => sum(uses.map(({ byFuel }) => byFuel[fuel] ?? 0));
  const fuels = [...new Set(uses.flatMap(({ byFuel }) => Object.keys(byFuel)))].sort((a, b) => inAll(b) - inAll(a));
  const rows = uses.map(({ name, byFuel, total }) => ({ name, values: fuels.map((fuel) => byFuel[fuel] ?? null), total }));
  return { fuels, rows, totals: fuels.map(inAll), total: sum(uses.map(({ total }) => total)) };
}

/** `Interior lighting` of `interior_lighting`. @param {string} name */
export function readable(name) {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** @param {EndUses} uses */
export function endUseTable({ fuels, rows, totals, total }) {
  const choice = settings().energy;
  const { unit } = energy(0, choice);
  const cell = (/** @type {number | null} */ value) => h("td", { class: "number" }, energy(value, choice).text);
  const column = (/** @type {string} */ name) => h("th", { scope: "col", class: "number" }, `${name}, ${unit}`);
  const head = h("tr", {}, h("th", { scope: "col" }, words.endUse), ...fuels.map((fuel) => column(readable(fuel))),
    fuels.length > 1 && column(words.total));
  const row = (/** @type {string} */ name, /** @type {(number | null)[]} */ values, /** @type {number} */ sum) =>
    h("tr", {}, h("th", { scope: "row" }, name), ...values.map(cell), fuels.length > 1 && cell(sum));
  return scrolling(words.endUses, h("table", { class: "plain" }, h("caption", { class: "hidden-text" }, words.endUses),
    h("thead", {}, head), h("tbody", {}, ...rows.map(({ name, values, total: sum }) => row(readable(name), values, sum))),
    h("tfoot", {}, row(words.total, totals, total))));
}

/** A place that becomes a chart when the library has come; without it, the table says the same. @param {EndUses} uses */
export function endUseChart(uses) {
  const place = h("div", { class: "chart", role: "img", "aria-label": words.chartLabel });
  place.style.height = `${uses.rows.length * ROW_PIXELS + AXIS_PIXELS}px`;
  draw(place, uses);
  return place;
}

/** @param {HTMLElement} place @param {EndUses} uses */
async function draw(place, uses) {
  const library = new URL("../vendor/echarts.js", import.meta.url).href;
  const echarts = await import(library);
  if (!place.isConnected) return;
  const chart = echarts.init(place);
  const paint = () => place.isConnected && chart.setOption(chartOption(place, uses), true);
  paint();
  onSettings(paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  new ResizeObserver(() => chart.resize()).observe(place);
}

/** @param {HTMLElement} place @param {EndUses} uses */
function chartOption(place, { fuels, rows }) {
  const choice = settings().energy;
  const { totalFactor: factor, totalUnit: unit } = ENERGY[choice];
  const [ink, quiet, line, raised] = ["--ink", "--quiet", "--line", "--raised"].map((name) => colourOf(place, name));
  const text = { color: ink, fontFamily: getComputedStyle(place).fontFamily };
  const shown = (/** @type {number | null} */ value) => (value === null ? texts.none : `${energy(value / factor, choice).text} ${unit}`);
  return {
    animation: false,
    textStyle: text,
    // Rich text is drawn on the canvas, so no markup is made of it.
    tooltip: {
      trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", backgroundColor: raised, borderColor: line,
      textStyle: text, valueFormatter: shown,
    },
    legend: { bottom: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: text, icon: "rect" },
    grid: { left: 0, right: 28, top: 0, bottom: 30, containLabel: true },
    xAxis: {
      type: "value", splitNumber: 3, splitLine: { lineStyle: { color: line } },
      axisLabel: { color: quiet, hideOverlap: true, formatter: (/** @type {number} */ value) => number(value) },
    },
    yAxis: {
      type: "category", inverse: true, data: rows.map(({ name }) => readable(name)),
      axisLabel: { color: ink }, axisLine: { lineStyle: { color: quiet } }, axisTick: { show: false },
    },
    series: fuels.map((fuel, index) => ({
      type: "bar", stack: "fuels", name: readable(fuel), barMaxWidth: 18,
      itemStyle: { color: colourOf(place, `--series-${(index % COLOURS) + 1}`) },
      data: rows.map(({ values }) => (values[index] === null ? null : /** @type {number} */ (values[index]) * factor)),
    })),
  };
}

/** The colour that a variable has now, as canvases understand it. @param {HTMLElement} place @param {string} variable */
function colourOf(place, variable) {
  const probe = h("span", { hidden: true });
  probe.style.color = `var(${variable})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
