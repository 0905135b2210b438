// A form that filters a list. The address has its values, so that a link shows the same.

const TYPING_MILLISECONDS = 250;

export class FilterForm {
  /** @param {HTMLFormElement} form @param {() => unknown} changed */
  constructor(form, changed) {
    this._form = form;
    this._changed = changed;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    const query = new URLSearchParams(location.search);
    for (const field of this._fields) field.value = query.get(field.name) ?? "";
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this.apply(), TYPING_MILLISECONDS);
    });
  }

  /** @returns {Record<string, string>} */
  get values() {
    return Object.fromEntries(this._fields.map(({ name, value }) => [name, value.trim()]));
  }

  get isEmpty() {
    return Object.values(this.values).every((value) => !value);
  }

  /** Empties all fields. */
  clear() {
    for (const field of this._fields) field.value = "";
    this.apply();
  }

  apply() {
    this.write({});
    this._changed();
  }

  /** Writes the values into the address, with others such as the sort. @param {Record<string, string | null>} others */
  write(others) {
    const given = Object.entries({ ...this.values, ...others }).filter(([, value]) => value);
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  }

  /** @returns {(HTMLInputElement | HTMLSelectElement)[]} */
  get _fields() {
    return [...this._form.elements].filter((one) => one instanceof HTMLInputElement || one instanceof HTMLSelectElement);
  }
}
