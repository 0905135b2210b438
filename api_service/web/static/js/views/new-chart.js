// Bars of the end uses by fuel. The library of charts is loaded when the first chart is drawn.

import { coloursWithin, onTheme } from "../colours.js";
import { count, energy, energyFactor } from "../units.js";
import { readable } from "./new-end-uses.js";

const ROW = 34;
const AXES = 70;
const SERIES = 8;

/** @param {number} value */
const axisNumber = (value) => (Number.isInteger(value) ? count(value) : String(value));

/**
 * @param {HTMLElement} place
 * @param {import("./new-end-uses.js").EndUses} endUses
 * @param {import("../settings.js").EnergyUnit} unit
 */
export async function drawEndUses(place, endUses, unit) {
  place.style.height = `${endUses.uses.length * ROW + AXES}px`;
  const library = await import(new URL("../../vendor/echarts.js", import.meta.url).href);
  const chart = library.init(place, null, { renderer: "canvas" });
  const draw = () => chart.setOption(options(endUses, unit, coloursWithin(place), getComputedStyle(place).fontFamily), true);
  draw();
  new ResizeObserver(() => chart.resize()).observe(place);
  onTheme(draw);
}

/**
 * @param {import("./new-end-uses.js").EndUses} endUses
 * @param {import("../settings.js").EnergyUnit} unit
 * @param {(name: string) => string} colour
 * @param {string} fontFamily
 */
export function options({ uses, fuels, kwh }, unit, colour, fontFamily) {
  const shown = (/** @type {number} */ value) => energy(value, unit);
  const factor = energyFactor(unit);
  const label = { color: colour("quiet"), fontFamily, fontSize: 13 };
  return {
    animation: false,
    textStyle: { fontFamily },
    grid: { left: 0, right: 24, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { ...label, color: colour("ink") }, selectedMode: false },
    // Its other kind would be markup with styles inline, which the page's policy forbids.
    tooltip: {
      trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, backgroundColor: colour("raised"), borderColor: colour("line"),
      textStyle: { ...label, color: colour("ink") }, valueFormatter: (/** @type {number | null} */ value) => (value === null ? "–" : `${shown(value / factor).text} ${shown(1).unit}`),
    },
    xAxis: { type: "value", splitNumber: 4, axisLabel: { ...label, hideOverlap: true, formatter: axisNumber }, splitLine: { lineStyle: { color: colour("line") } } },
    yAxis: { type: "category", inverse: true, data: uses.map(readable), axisLabel: { ...label, color: colour("ink") }, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } } },
    series: fuels.map((fuel, index) => ({
      name: readable(fuel), type: "bar", stack: "fuels", barMaxWidth: 18,
      itemStyle: { color: colour(`series-${(index % SERIES) + 1}`) },
      data: uses.map((use) => (kwh[use][fuel] === undefined ? null : kwh[use][fuel] * factor)),
    })),
  };
}
