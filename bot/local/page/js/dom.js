// Makes DOM nodes. The only way text gets on the page: strings become text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `on…` are listeners, `data` are data attributes, `aria-…` and the like attributes, the rest properties. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "data") Object.assign(node.dataset, value);
    else if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role" || name === "popover" || name === "for") node.setAttribute(name, String(value));
    else node[name] = value;
  }
  if (tag === "button" && !props.type) node.type = "button";
  node.append(...flatten(children));
  return node;
}

function flatten(children) {
  return children.flat(4).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Put these children in place of whatever is there. */
export function fill(node, ...children) {
  node.replaceChildren(...flatten(children));
  return node;
}

// Drawn on a 24-unit grid for this page.
const SHAPES = {
  back: "M14.5 5.5 8 12l6.500 6.500",
  down: "M5.500 9.500 12 16l6.500-6.500",
  chevron: "m7 10 5 5 5-5",
  send: "M12 19.500V5M5.500 11.500 12 5l6.500 6.500",
  menu: "M4.500 7h15M4.500 12h15M4.500 17h9",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  close: "m6.500 6.500 11 11m0-11-11 11",
  check: "m5 12.500 4.500 4.500L19 7.500",
  reply: "M10 6 4.500 11.500 10 17M5 11.500h8.500a6 6 0 0 1 6 6V18",
  copy: "M9 9h8.500A1.500 1.500 0 0 1 19 10.500V18a1.500 1.500 0 0 1-1.500 1.500H10A1.500 1.500 0 0 1 8.500 18V9.500M15.500 9V6A1.500 1.500 0 0 0 14 4.500H6.500A1.500 1.500 0 0 0 5 6v7.500A1.500 1.500 0 0 0 6.500 15h2",
  pencil: "m5 19 .9-4L15.800 5.200a1.700 1.700 0 0 1 2.400 0l.6.6a1.700 1.700 0 0 1 0 2.400L9 18.100 5 19Z",
  bin: "M5 7h14M10 7V5h4v2M7 7l.8 12h8.400L17 7M10.500 10.500v5M13.500 10.500v5",
  eye: "M3 12s3.200-6 9-6 9 6 9 6-3.200 6-9 6-9-6-9-6Zm9 2.600a2.600 2.600 0 1 0 0-5.200 2.600 2.600 0 0 0 0 5.200Z",
  clip: "m19 11.500-6.800 6.800a4.400 4.400 0 0 1-6.200-6.200l7-7a3 3 0 0 1 4.200 4.200l-6.900 6.900a1.500 1.500 0 0 1-2.100-2.100l6.300-6.300",
  image: "M5.500 4.500h13a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1Zm-.5 12 4.500-4.500 3.500 3.500 2.500-2.500 4 4M15.500 9v.01",
  file: "M13 4H7.500A1.500 1.500 0 0 0 6 5.500v13A1.500 1.500 0 0 0 7.500 20h9a1.500 1.500 0 0 0 1.500-1.500V9l-5-5Zm0 0v5h5",
  download: "M12 4.500v10.500m-4.500-4.500L12 15l4.500-4.500M5 19.500h14",
  pin: "M12 20.500s6.500-5.800 6.500-10.700a6.500 6.500 0 0 0-13 0c0 4.900 6.500 10.700 6.500 10.700Zm0-8.200a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  person: "M12 12a3.800 3.800 0 1 0 0-7.600 3.800 3.800 0 0 0 0 7.600Zm-7 8c.6-3.700 3.400-5.500 7-5.500s6.400 1.800 7 5.500",
  people: "M9 11.500a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600ZM3 19c.5-3.300 2.900-5 6-5s5.500 1.700 6 5M16 11.300a3 3 0 0 0 0-5.800M17.500 14.300c2 .6 3.200 2.200 3.500 4.700",
  add: "M12 5.500v13M5.500 12h13",
  phone: "M8 3.500h8A1.500 1.500 0 0 1 17.500 5v14a1.500 1.500 0 0 1-1.500 1.500H8A1.500 1.500 0 0 1 6.500 19V5A1.500 1.500 0 0 1 8 3.500ZM11 18h2",
  call: "M6.500 4.500h2.700l1.500 4-2 1.400a11.500 11.500 0 0 0 5.400 5.400l1.400-2 4 1.500v2.700a1.800 1.800 0 0 1-2 1.800C10.600 18.600 5.400 13.400 4.700 6.500a1.800 1.800 0 0 1 1.800-2Z",
  keys: "M4.500 6.500h15a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM7 10v.01M10.300 10v.01M13.700 10v.01M17 10v.01M8 14h8",
  globe: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM4.500 12h15M12 4c2.200 2.200 3.300 4.900 3.300 8s-1.100 5.800-3.300 8c-2.200-2.200-3.300-4.900-3.300-8S9.800 6.200 12 4Z",
  out: "M13.500 5h5.500v5.500M19 5l-8.500 8.500M17 14v4a1.500 1.500 0 0 1-1.500 1.500H6A1.500 1.500 0 0 1 4.500 18V8.500A1.500 1.500 0 0 1 6 7h4",
  stop: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM6.500 6.500l11 11",
  leave: "M14 5H6.500A1.500 1.500 0 0 0 5 6.500v11A1.500 1.500 0 0 0 6.500 19H14M10.500 12H20m-3.500-3.500L20 12l-3.500 3.500",
  offline: "M4 4l16 16M8.500 14.500a5 5 0 0 1 5.800-.9M5.500 11.500A9 9 0 0 1 9 9.300M12.500 8.500a9 9 0 0 1 6 3M12 18.500v.01",
  wait: "M12 4a8 8 0 1 0 8 8",
  insert: "M6 18 17 7M9 7h8v8",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.800-1.700L20 20",
  zoom: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.800-1.700L20 20M10.500 8v5M8 10.500h5",
  beside: "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Zm6 0v14M15.500 9.500v5M13 12h5",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  calls: "M9 7 4.500 12 9 17M15 7l4.500 5L15 17M13 5l-2 14",
  reset: "M5 12a7 7 0 1 1 2.200 5.100M5 19v-4h4",
  tour: "M6 20V5M6 5.500c4-2 7 2 12 0v8c-5 2-8-2-12 0",
  forward: "M14 6l5.500 5.500L14 17M19 11.500h-8.500a6 6 0 0 0-6 6V18",
  play: "M8.500 6v12l9.500-6Z",
  pause: "M9 6.500v11M15 6.500v11",
  card: "M5 6h14a1.500 1.500 0 0 1 1.500 1.500v9A1.500 1.500 0 0 1 19 18H5a1.500 1.500 0 0 1-1.500-1.500v-9A1.500 1.500 0 0 1 5 6ZM3.500 10h17M7 14.500h4",
  topic: "M9.500 4.500 7.500 19.500M16.500 4.500l-2 15M5 9h14.500M4.500 15H19",
  app: "M5.500 4.500h13a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM4.500 8.500h15M7.500 6.500v.01",
  lock: "M7.500 11V8a4.500 4.500 0 0 1 9 0v3M6.500 11h11a1 1 0 0 1 1 1v6.500a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V12a1 1 0 0 1 1-1Z",
};

/** An element of a drawing; everything about it is an attribute. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** An icon of this page's own set; it says nothing by itself, so its button carries the name. */
export function icon(name, kind = "") {
  return svg("svg", { viewBox: "0 0 24 24", class: `icon of-${name} ${kind}`, "aria-hidden": "true" }, svg("path", { d: SHAPES[name] }));
}

export function iconButton(name, label, onclick, props = {}) {
  return el("button", { class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

/** A call of this does the work once at the next frame, however often it is called; soon also where nothing is painted. */
export function paced(work) {
  let frame = 0;
  let timer = 0;
  const run = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = timer = 0;
    work();
  };
  return () => {
    if (timer) return;
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, 200);
  };
}

/** Say something to those who listen to the page instead of looking at it. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** Put text in the clipboard; true when it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without the permission, or on plain http, the old way still works inside a click.
    const field = el("textarea", { class: "unseen", value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
