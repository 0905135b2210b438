// Numbers as they are shown. Values stay in the API's units (kWh, kWh/m2, W); another unit is a display only.

import { texts } from "./texts.js";

/** @typedef {import("./settings.js").EnergyUnit} EnergyUnit */

const M2_PER_FT2 = 0.09290304;
const KBTU_PER_KWH = 3.412141633;

/** @type {Record<EnergyUnit, {unit: string, factor: number, totalUnit: string, totalFactor: number}>} */
export const ENERGY = {
  kwh_per_m2: { unit: "kWh/m²", factor: 1, totalUnit: "kWh", totalFactor: 1 },
  mj_per_m2: { unit: "MJ/m²", factor: 3.6, totalUnit: "MJ", totalFactor: 3.6 },
  kbtu_per_ft2: {
    unit: "kBtu/ft²",
    factor: KBTU_PER_KWH * M2_PER_FT2,
    totalUnit: "kBtu",
    totalFactor: KBTU_PER_KWH,
  },
};

/** @typedef {{text: string, unit: string}} Shown */

/**
 * Energy per area, from kWh/m2.
 * @param {number | null | undefined} value
 * @param {EnergyUnit} choice
 * @returns {Shown}
 */
export function energyPerArea(value, choice) {
  const { unit, factor } = ENERGY[choice];
  return { text: number(value, factor), unit };
}

/**
 * Energy, from kWh.
 * @param {number | null | undefined} value
 * @param {EnergyUnit} choice
 * @returns {Shown}
 */
export function energy(value, choice) {
  const { totalUnit, totalFactor } = ENERGY[choice];
  return { text: number(value, totalFactor), unit: totalUnit };
}

/** What a kWh is in the unit that was chosen, for charts. @param {EnergyUnit} choice */
export const energyFactor = (choice) => ENERGY[choice].totalFactor;

/** @type {Record<string, string>} Endings of metric names, the longest first, and their units. */
const SUFFIXES = { interval_minutes: "min", minutes: "min", seconds: "s", hours: "h", m2: "m²", m3: "m³", w: "W", k: "K", percent: "%" };

/**
 * A metric of the catalogue, whose name ends with its unit.
 * @param {string} name
 * @param {number | null | undefined} value
 * @param {EnergyUnit} choice
 * @returns {Shown}
 */
export function metric(name, value, choice) {
  if (name.endsWith("_kwh_per_m2")) return energyPerArea(value, choice);
  if (name.endsWith("_kwh")) return energy(value, choice);
  const ending = Object.keys(SUFFIXES).find((suffix) => name.endsWith(`_${suffix}`));
  return { text: number(value), unit: ending ? SUFFIXES[ending] : "" };
}

/**
 * A number with about four digits that mean something: whole from 1,000 on, and thousands apart. Null is a dash, never 0.
 * @param {number | null | undefined} value
 * @param {number} [factor]
 */
export function number(value, factor = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return texts.none;
  const shown = value * factor;
  const size = Math.abs(shown);
  if (Number.isInteger(shown)) return count(shown);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  return separated(shown.toFixed(digits));
}

/** A share or a rate, with one digit after the point. @param {number | null} value */
export const tenths = (value) => (value === null ? texts.none : separated(value.toFixed(1)));

/** @param {number} value */
export const count = (value) => separated(value.toFixed(0));

/**
 * A size of a file.
 * @param {number} size
 */
export function bytes(size) {
  const names = ["B", "kB", "MB", "GB", "TB"];
  let power = 0;
  for (let left = size; left >= 1000 && power < names.length - 1; left /= 1000) power += 1;
  return power === 0 ? `${size} B` : `${(size / 1000 ** power).toFixed(1)} ${names[power]}`;
}

/** Narrow spaces between thousands, which no language reads as a decimal sign. @param {string} text */
function separated(text) {
  const [whole, fraction] = text.split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const shown = fraction === undefined ? apart : `${apart}.${fraction}`;
  return /^-[0.\u202f]*$/.test(shown) ? shown.slice(1) : shown;
}
