// What a user chose for this browser: theme and units of the display. Kept in localStorage.

/** @typedef {"auto" | "light" | "dark"} Theme */
/** @typedef {"kwh_per_m2" | "mj_per_m2" | "kbtu_per_ft2"} EnergyUnit */
/** @typedef {{theme: Theme, energy: EnergyUnit}} Settings */

export const KEY = "epsm.settings";
export const CHANGED = "epsm:settings";

/** @type {Settings} */
const DEFAULTS = { theme: "auto", energy: "kwh_per_m2" };
/** @type {{[Name in keyof Settings]: Settings[Name][]}} */
export const CHOICES = { theme: ["auto", "light", "dark"], energy: ["kwh_per_m2", "mj_per_m2", "kbtu_per_ft2"] };

/**
 * Returns settings from their stored text; what is missing or unknown in it has its default.
 * @param {string | null} text
 * @returns {Settings}
 */
export function parseSettings(text) {
  /** @type {unknown} */
  let stored = null;
  try {
    stored = JSON.parse(text ?? "{}");
  } catch {
    return { ...DEFAULTS };
  }
  const given = /** @type {Partial<Settings>} */ (typeof stored === "object" && stored !== null ? stored : {});
  return {
    theme: given.theme && CHOICES.theme.includes(given.theme) ? given.theme : DEFAULTS.theme,
    energy: given.energy && CHOICES.energy.includes(given.energy) ? given.energy : DEFAULTS.energy,
  };
}

/** @returns {Settings} */
export function settings() {
  try {
    return parseSettings(localStorage.getItem(KEY));
  } catch {
    return { ...DEFAULTS };
  }
}

/** @param {Partial<Settings>} changes */
export function changeSettings(changes) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...settings(), ...changes }));
  } catch {
    // A browser without storage keeps the defaults.
  }
  dispatchEvent(new Event(CHANGED));
}

/**
 * Calls `callback` when a setting changed, in this tab or another one.
 * @param {(now: Settings) => void} callback
 */
export function onSettings(callback) {
  addEventListener(CHANGED, () => callback(settings()));
  addEventListener("storage", (event) => event.key === KEY && callback(settings()));
}
