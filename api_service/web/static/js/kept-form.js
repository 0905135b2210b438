// Keeps what was typed into a form that leads to another page: it is there again after signing in, or after a refusal.

const PREFIX = "epsm.form.";

/** @param {HTMLFormElement} form @param {boolean} isDone what was sent from this page before has been done */
export function keepForm(form, isDone) {
  const key = PREFIX + new URL(form.action).pathname;
  const kept = take(key);
  if (kept && !isDone) fill(form, kept);
  form.addEventListener("submit", () => {
    const values = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
    try {
      sessionStorage.setItem(key, JSON.stringify(values));
    } catch {
      // A browser without storage keeps nothing.
    }
  });
}

/** @param {string} key @returns {[string, string][] | null} */
function take(key) {
  try {
    const stored = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return stored === null ? null : JSON.parse(stored);
  } catch {
    return null;
  }
}

/** @param {HTMLFormElement} form @param {[string, string][]} values */
function fill(form, values) {
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
    const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = given.includes(field.value);
    else if (given.length) field.value = given[0];
  }
}
