// Sorts what was dropped into a model, weather and other files, and finds what cannot be sent. Pure.

import { bytes } from "../units.js";
import { words } from "./new-texts.js";

/** @typedef {{name: string, size: number}} Named */
/** @typedef {{most: number, idf: number, epjson: number}} Limits */
/**
 * @template {Named} F
 * @typedef {{model: F | null, weather: F[], others: F[]}} Chosen
 */

const MODEL = /\.(idf|imf|epjson|json)$/i;
const EPJSON = /json$/i;
const ARCHIVE = /\.zip$/i;
const WEATHER = /\.epw$/i;

/** @param {string} name */
export const isWeather = (name) => WEATHER.test(name);

/** @returns {Chosen<any>} */
export const nothingChosen = () => ({ model: null, weather: [], others: [] });

/**
 * Adds files to those that were chosen before; a file with the name of an earlier one takes its place, and another
 * model makes a new beginning.
 * @template {Named} F
 * @param {Chosen<F>} before
 * @param {F[]} files
 * @param {Limits} limits
 * @returns {{chosen: Chosen<F>, problems: string[]}}
 */
export function addFiles(before, files, limits) {
  const isNew = before.model !== null && files.some(({ name }) => isModel(name) && name !== before.model?.name);
  const chosen = isNew ? nothingChosen() : { model: before.model, weather: [...before.weather], others: [...before.others] };
  /** @type {string[]} */
  const problems = [];
  const hasModel = files.some(({ name }) => isModel(name)) || before.model !== null;
  for (const file of files) {
    const fault = faultOf(file, hasModel, limits);
    if (fault) problems.push(fault);
    else if (!isModel(file.name)) replace(isWeather(file.name) ? chosen.weather : chosen.others, file);
    else if (chosen.model && chosen.model.name !== file.name) problems.push(words.problems.secondModel(file.name));
    else chosen.model = file;
  }
  if (isNew && !chosen.model) return { chosen: before, problems };
  const total = sizeOf(chosen);
  if (total > limits.most) {
    return { chosen: before, problems: [...problems, words.problems.allTooLarge(bytes(total), bytes(limits.most))] };
  }
  if (!chosen.model && chosen.weather.length && !problems.length) problems.push(words.problems.onlyWeather(chosen.weather[0].name));
  return { chosen, problems };
}

/** @param {Named} file @param {boolean} hasModel @param {Limits} limits */
function faultOf({ name, size }, hasModel, limits) {
  if (!isModel(name)) {
    if (!isWeather(name) && !hasModel) return words.problems.noModel(name);
    return size === 0 ? words.problems.empty(name) : null;
  }
  if (size === 0) return words.problems.empty(name);
  if (ARCHIVE.test(name)) return null;
  const most = EPJSON.test(name) ? limits.epjson : limits.idf;
  return size > most ? words.problems.tooLarge(name, bytes(size), bytes(most)) : null;
}

/** @param {string} name */
const isModel = (name) => MODEL.test(name) || ARCHIVE.test(name);

/** @template {Named} F @param {F[]} list @param {F} file */
function replace(list, file) {
  const at = list.findIndex(({ name }) => name === file.name);
  list.splice(at < 0 ? list.length : at, 1, file);
}

/** @param {Chosen<Named>} chosen */
const sizeOf = ({ model, weather, others }) =>
  [model, ...weather, ...others].reduce((total, file) => total + (file?.size ?? 0), 0);
