// Keeps what was typed into forms with the attribute `data-keep` while the user signs in again. Files cannot be kept.

const PREFIX = "epsm.form.";

/** @returns {NodeListOf<HTMLFormElement>} */
const kept = () => document.querySelectorAll("form[data-keep]");

/** Stores the fields of all such forms of this page for this tab. */
export function keepForms() {
  for (const form of kept()) {
    const values = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
    try {
      sessionStorage.setItem(key(form), JSON.stringify(values));
    } catch {
      // A browser without storage keeps nothing.
    }
  }
}

/** Fills forms with what `keepForms` stored, once. */
export function restoreForms() {
  for (const form of kept()) {
    const stored = take(key(form));
    if (!stored) continue;
    for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) {
      const { name, value } = /** @type {HTMLInputElement} */ (box);
      /** @type {HTMLInputElement} */ (box).checked = stored.some(([n, v]) => n === name && v === value);
    }
    for (const [name, value] of stored) {
      const field = form.elements.namedItem(name);
      const isText = field instanceof HTMLInputElement && !["checkbox", "radio"].includes(field.type);
      if (isText || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) field.value = value;
    }
    form.dispatchEvent(new Event("restored"));
  }
}

/** @param {string} name @returns {[string, string][] | null} */
function take(name) {
  try {
    const stored = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    return stored === null ? null : JSON.parse(stored);
  } catch {
    return null;
  }
}

/** @param {HTMLFormElement} form */
const key = (form) => `${PREFIX}${location.pathname}#${form.id}`;
