// Messages of EnergyPlus: which object one is about, as far as its text says so, and which ones a search wants.

/** @typedef {import("./resources.js").Message} Message */
/** @typedef {{type: string, name: string}} Subject */

/** Most serious first. @type {Message["severity"][]} */
export const SEVERITIES = ["fatal", "severe", "warning"];
/** `<root>[Zone][Core] - ...`, of the check against the schema. */
const IN_SCHEMA = /^<root>\[([^\][]{1,100})\](?:\[([^\][]{1,100})\])?/;
/** `Object=ZONE, Name="CORE"`, or `object=Zone, name=CORE`. */
const OBJECT_AND_NAME = /\bobject\s?=\s?"?([A-Za-z][\w:]{0,99})"?,\s?(?:name|entered name)\s?=\s?"?([^",\n]{1,100})/i;
/** `ZoneHVAC:UnitHeater = SOUTH HEATER Fan Schedule Name = ...`: EnergyPlus writes names in capitals. */
const TYPE_AND_CAPITALS = /\b([A-Z]\w{0,99}(?::\w{1,100}){1,5})\s?=\s?([A-Z0-9][A-Z0-9 _.-]{0,99}\b(?![a-z]))/;
/** `Coil:Heating:Fuel="MAIN COIL"` and `for Zone="CORE"`. */
const TYPE_AND_NAME = /\b([A-Z][A-Za-z]*(?::[A-Za-z]+)*)\s?=\s?"([^"\n]{1,100})"/;
/** Words before a quoted name that are no type of an object. */
const NO_TYPE = new Set(["name", "key", "varname", "field", "value", "entered", "program"]);

/**
 * The object that a message is about; null when the text does not say.
 * @param {string} text
 * @returns {Subject | null}
 */
export function subjectOf(text) {
  const schema = IN_SCHEMA.exec(text);
  if (schema) return { type: schema[1], name: schema[2] ?? "" };
  const both = OBJECT_AND_NAME.exec(text);
  if (both) return { type: both[1], name: both[2].trim() };
  const typed = TYPE_AND_NAME.exec(text);
  if (typed && !NO_TYPE.has(typed[1].toLowerCase())) return { type: typed[1], name: typed[2] };
  const capitals = TYPE_AND_CAPITALS.exec(text);
  return capitals && { type: capitals[1], name: capitals[2].trim() };
}

/**
 * @param {Message[]} messages
 * @param {{severity: string, search: string}} wanted `severity` is empty for all
 */
export function wantedMessages(messages, { severity, search }) {
  const part = search.trim().toLowerCase();
  return messages.filter((one) => (!severity || one.severity === severity) && one.text.toLowerCase().includes(part));
}

/**
 * How many different messages there are of each severity.
 * @param {Message[]} messages
 */
export function bySeverity(messages) {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, messages.filter((one) => one.severity === severity).length]));
}
