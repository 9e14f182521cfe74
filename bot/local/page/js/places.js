// Choosing a made-up place to send: the page never asks the browser where it is.
// Guards: what is sent is what the pin and the line below it say.

import { button, modal } from "./dialogs.js";
import { el, fill, icon } from "./dom.js";
import { mapNode } from "./kinds.js";
import { say } from "./words.js";

const PLACES = [["place.shanghai", 31.2304, 121.4737], ["place.beijing", 39.9042, 116.4074], ["place.london", 51.5072, -0.1276]];
const REACH = { latitude: 0.02, longitude: 0.04 };
const STEP = 0.05;
const MOVES = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };

/** `{latitude, longitude}`, or null. */
export function choosePlace() {
  let [, latitude, longitude] = PLACES[0];
  let spot = [0.5, 0.5];
  const place = () => ({
    latitude: Number((latitude + (0.5 - spot[1]) * REACH.latitude).toFixed(6)),
    longitude: Number((longitude + (spot[0] - 0.5) * REACH.longitude).toFixed(6)),
  });
  const pin = icon("pin");
  const line = el("small", { "aria-live": "polite" });
  const map = el("button", { class: "map-frame large", "aria-label": say("place.map"), data: { testid: "place-map" } });
  const move = (x, y) => {
    spot = [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
    pin.style.setProperty("inset", `${spot[1] * 100}% auto auto ${spot[0] * 100}%`);
    const { latitude: north, longitude: east } = place();
    line.textContent = `${north.toFixed(5)}, ${east.toFixed(5)}`;
  };
  map.addEventListener("click", (event) => {
    if (event.detail === 0) return;
    const box = map.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  map.addEventListener("keydown", (event) => {
    const [x, y] = MOVES[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    move(spot[0] + x, spot[1] + y);
  });
  const choices = PLACES.map(([key, north, east]) => el("button", { class: "segment", role: "radio", data: { testid: key }, onclick: () => go(key, north, east) }, say(key)));
  function go(key, north, east) {
    [latitude, longitude] = [north, east];
    choices.forEach((choice) => choice.setAttribute("aria-checked", String(choice.dataset.testid === key)));
    fill(map, mapNode({ latitude, longitude }), pin);
    move(0.5, 0.5);
  }
  go(...PLACES[0]);
  const dialog = el("dialog", { class: "sheet place-sheet", "aria-label": say("ask.location"), data: { testid: "place-sheet" } },
    el("h2", {}, say("ask.location")), el("p", { class: "soft" }, say("ask.location.text")),
    el("div", { class: "segments", role: "radiogroup", "aria-label": say("location") }, choices), map, line,
    el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => dialog.finish(null)),
      button("main-button", say("share"), () => dialog.finish(place()), { autofocus: true, data: { testid: "place-send" } })));
  return modal(dialog);
}
