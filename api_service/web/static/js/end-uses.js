// End uses by fuel: the numbers as a table, the largest first, and a chart of them.

import { coloursWithin, onTheme } from "./colours.js";
import { h } from "./dom.js";
import { settings } from "./settings.js";
import { scrolling } from "./table-parts.js";
import { texts } from "./texts.js";
import { ENERGY, energy, number } from "./units.js";

/** @typedef {{name: string, values: (number | null)[], total: number}} EndUse */
/** @typedef {{fuels: string[], rows: EndUse[], totals: number[], total: number}} EndUses */

const words = texts.run;
/** Colours of variables.css; further fuels begin again. */
const COLOURS = 8;
const ROW_PIXELS = 32;
const AXES_PIXELS = 66;

/** Those that use anything, and their fuels. @param {Record<string, Record<string, number>>} byUse kWh @returns {EndUses} */
export function endUses(byUse) {
  const sum = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0);
  const uses = Object.entries(byUse).map(([name, byFuel]) => ({ name, byFuel, total: sum(Object.values(byFuel)) }))
    .filter(({ total }) => total !== 0).sort((a, b) => b.total - a.total);
  const inAll = (/** @type {string} */ fuel) => sum(uses.map(({ byFuel }) => byFuel[fuel] ?? 0));
  const fuels = [...new Set(uses.flatMap(({ byFuel }) => Object.keys(byFuel)))].filter((fuel) => inAll(fuel) !== 0)
    .sort((a, b) => inAll(b) - inAll(a));
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
  return scrolling(words.endUses, h("table", { class: "plain end-uses" }, h("caption", { class: "hidden-text" }, words.endUses),
    h("thead", {}, head), h("tbody", {}, ...rows.map(({ name, values, total: sum }) => row(readable(name), values, sum))),
    h("tfoot", {}, row(words.total, totals, total))));
}

/** A place that becomes a chart when the library has come; without it, the table says the same. @param {EndUses} uses */
export function endUseChart(uses) {
  const place = h("div", { class: "chart", role: "img", "aria-label": words.chartLabel(energy(0, settings().energy).unit) });
  place.style.height = `${uses.rows.length * ROW_PIXELS + AXES_PIXELS}px`;
  draw(place, uses);
  return place;
}

/** @param {HTMLElement} place @param {EndUses} uses */
async function draw(place, uses) {
  const library = new URL("../vendor/echarts.js", import.meta.url).href;
  const echarts = await import(library);
  if (!place.isConnected) return;
  const chart = echarts.init(place);
  const paint = () => chart.setOption(chartOption(uses, settings().energy, coloursWithin(place), getComputedStyle(place).fontFamily), true);
  const until = new AbortController();
  // Also called when the place is taken out of the page, because it has no size then.
  const observer = new ResizeObserver(() => {
    if (place.isConnected) return chart.resize();
    until.abort();
    observer.disconnect();
    chart.dispose();
  });
  paint();
  onTheme(paint, until.signal);
  observer.observe(place);
}

/**
 * @param {EndUses} uses
 * @param {import("./settings.js").EnergyUnit} choice
 * @param {(name: string) => string} colour
 * @param {string} fontFamily
 */
export function chartOption({ fuels, rows }, choice, colour, fontFamily) {
  const { totalFactor: factor, totalUnit: unit } = ENERGY[choice];
  const text = { color: colour("ink"), fontFamily, fontSize: 13 };
  const shown = (/** @type {number | null} */ value) => (value === null ? texts.none : `${energy(value / factor, choice).text} ${unit}`);
  return {
    animation: false,
    textStyle: { fontFamily },
    grid: { left: 0, right: 24, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: "rect", textStyle: text, selectedMode: false },
    // Its other kind would be markup with styles inline, which the page's policy forbids.
    tooltip: {
      trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", backgroundColor: colour("raised"),
      borderColor: colour("line"), textStyle: text, valueFormatter: shown,
    },
    xAxis: {
      type: "value", splitNumber: 3, splitLine: { lineStyle: { color: colour("line") } },
      axisLabel: { ...text, color: colour("quiet"), hideOverlap: true, formatter: (/** @type {number} */ value) => number(value) },
    },
    yAxis: {
      type: "category", inverse: true, data: rows.map(({ name }) => readable(name)), axisLabel: text,
      axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } },
    },
    series: fuels.map((fuel, index) => ({
      type: "bar", stack: "fuels", name: readable(fuel), barMaxWidth: 18,
      itemStyle: { color: colour(`series-${(index % COLOURS) + 1}`) },
      data: rows.map(({ values }) => (values[index] === null ? null : /** @type {number} */ (values[index]) * factor)),
    })),
  };
}
