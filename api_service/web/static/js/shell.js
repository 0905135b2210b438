// Runs on every page: what was typed before signing in again, and the line that says when the page is not up to date.

import { isSignedOut, signIn } from "./api.js";
import { fill, find, h } from "./dom.js";
import { restoreForms } from "./forms.js";
import { onConnection } from "./live.js";
import { texts } from "./texts.js";

const line = find("#connection");

restoreForms();
onConnection(async (isUp, isRefused) => {
  fill(line, isUp ? "" : texts.connection.lost);
  line.hidden = isUp;
  if (isRefused && (await isSignedOut()) && !line.hidden) {
    fill(line, `${texts.connection.signedOut} `, h("button", { class: "quiet small", type: "button", onclick: signIn }, texts.connection.signIn));
  }
});
