// Runs on every page: what was typed before signing in again, and the line that says whether the page is up to date.

import { find } from "./dom.js";
import { restoreForms } from "./forms.js";
import { onConnection } from "./live.js";
import { texts } from "./texts.js";

restoreForms();

const line = find("#connection");
onConnection((isUp) => {
  line.textContent = isUp ? "" : texts.connection.lost;
  line.hidden = isUp;
});
