// The way to the server: acts go out as POST /local/…, what happens comes in over one WebSocket.
// Guards: the page never shows a state older than the last `hello`; after every reconnect it starts from a new one.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;
const PING_EVERY = 20000;
const PONG_WITHIN = 8000;

export class Refused extends Error {
  constructor(description, code) {
    super(description);
    this.code = code;
  }
}

/** One act or question; raises Refused with the server's own description, or with `no_server` when nobody answers. */
async function ask(path, init, patience = 20000) {
  let answer;
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(patience) });
    answer = await response.json();
  } catch {
    throw new Refused("", "no_server");
  }
  if (!answer.ok) throw new Refused(answer.description ?? "", answer.error ?? "bad_request");
  return answer.result;
}

export function post(path, body, patience) {
  return ask(`/local/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }, patience);
}

export function get(path, patience) {
  return ask(`/local/${path}`, {}, patience);
}

export function upload(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && value !== "") form.append(name, String(value));
  }
  form.append("file", file, file.name || "picture.png");
  return ask("/local/upload", { method: "POST", body: form }, 60000);
}

export const fileUrl = (fileId) => `/local/files/${encodeURIComponent(fileId)}`;

/** The WebSocket with its reconnecting. `onevent` hears every frame, `onstate` hears "connecting", "open" or "lost". */
export class Link {
  constructor(onevent, onstate) {
    this.onevent = onevent;
    this.onstate = onstate;
    this.person = null;
    this.wait = FIRST_WAIT;
    this.socket = null;
    this.timer = 0;
    this.everOpen = false;
    this.gone = new AbortController();
    const { signal } = this.gone;
    addEventListener("online", () => this.hurry(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry(), { signal });
  }

  close() {
    this.gone.abort();
    clearTimeout(this.timer);
    clearInterval(this.pinger);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  open(person) {
    this.person = person;
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.onstate(this.everOpen ? "lost" : "connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const query = this.person ? `?as=${this.person}` : "";
    const socket = new WebSocket(`${scheme}://${location.host}/local/ws${query}`);
    this.socket = socket;
    socket.onmessage = (frame) => this.hear(socket, JSON.parse(frame.data));
    socket.onclose = () => socket === this.socket && this.lost();
  }

  hear(socket, event) {
    if (socket !== this.socket) return;
    this.heard = Date.now();
    if (event.type === "hello") {
      this.person = event.me;
      this.wait = FIRST_WAIT;
      this.everOpen = true;
      this.onstate("open");
      this.keepAlive(socket);
    }
    if (event.type !== "pong") this.onevent(event);
  }

  /** A laptop that slept leaves a socket that looks open; a ping without an answer tells. */
  keepAlive(socket) {
    clearInterval(this.pinger);
    this.pinger = setInterval(() => {
      if (socket !== this.socket || socket.readyState !== WebSocket.OPEN) return;
      const asked = Date.now();
      socket.send('{"type":"ping"}');
      setTimeout(() => socket === this.socket && this.heard < asked && socket.close(), PONG_WITHIN);
    }, PING_EVERY);
  }

  lost() {
    this.socket = null;
    clearInterval(this.pinger);
    this.onstate("lost");
    this.timer = setTimeout(() => this.connect(), this.wait * (0.8 + Math.random() * 0.4));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  hurry() {
    if (this.socket || !this.everOpen) return;
    this.wait = FIRST_WAIT;
    this.connect();
  }

  /** Become somebody else on the same connection; the server answers with a new hello. */
  become(person) {
    this.person = person;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "as", person_id: person }));
  }
}
