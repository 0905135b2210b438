// Runs on every page: the line that says when the page is not up to date.

import { isSignedOut, signIn } from "./api.js";
import { fill, find, h } from "./dom.js";
import { onConnection, onHealth } from "./live.js";
import { texts } from "./texts.js";

const line = find("#connection");

let isConnected = true;
/** What is wrong with the service's parts, in words. @type {string[]} */
let faults = [];

onConnection(async (isUp, isRefused) => {
  isConnected = isUp;
  show();
  if (isRefused && (await isSignedOut()) && !isConnected) {
    fill(line, `${texts.connection.signedOut} `, h("button", { class: "quiet small", type: "button", onclick: signIn }, texts.connection.signIn));
  }
});
onHealth(({ parts }) => {
  faults = Object.entries(texts.connection.away).flatMap(([name, words]) => (parts[name]?.ok === false ? [words] : []));
  show();
});

function show() {
  const words = isConnected ? faults.join(" ") : texts.connection.lost;
  fill(line, words);
  line.hidden = words === "";
}
