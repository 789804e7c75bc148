// The daemon's events. `EventSource` sends no header, so the stream is read by `fetch`; it is taken
// up again after the last event that was heard, with growing pauses while nobody answers.

import { base, token } from "./api.js";

// The daemon says something at least every 15 seconds.
const silenceSeconds = 40;
const longestPauseSeconds = 20;

export class EventStream {
  #told; #last = null; #wasOpen = false; #failures = 0; #timer = null;
  #stop = new AbortController();

  /**
   * `told` is an object of functions: `event(object)`, `missed()` when something may not have been
   * heard, `open()`, `lost(untilNextTry in seconds)`, and `refused()` where the token is not good.
   */
  constructor(told) { this.#told = told; }

  start() { this.#run(); }

  stop() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #run() {
    while (!this.#stop.signal.aborted) {
      const isRefused = await this.#listen();
      if (this.#stop.signal.aborted) return;
      if (isRefused) return this.#told.refused();
      // Nobody comes at the same moment as everybody else after a restart.
      const most = Math.min(longestPauseSeconds, 2 ** this.#failures);
      const seconds = most * (0.5 + Math.random() / 2);
      this.#failures += 1;
      this.#told.lost(seconds);
      await new Promise((go) => { this.#timer = setTimeout(go, seconds * 1000); });
    }
  }

  /** Listens until the stream ends, however it does; whether the token was refused. */
  async #listen() {
    const given = new AbortController();
    const silence = () => setTimeout(() => given.abort(), silenceSeconds * 1000);
    let watch = silence();
    const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token.get() ?? ""}` };
    if (this.#last !== null) headers["Last-Event-ID"] = this.#last;
    try {
      const response = await fetch(`${base}/events`, {
        headers, cache: "no-store", credentials: "omit", redirect: "error",
        signal: AbortSignal.any([given.signal, this.#stop.signal]),
      });
      if (response.status === 401) return true;
      if (!response.ok || !response.body) return false;
      this.#failures = 0;
      this.#told.open();
      // Ids of another process look like those of this one: what was missed cannot be known.
      if (this.#wasOpen) this.#told.missed();
      this.#wasOpen = true;
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return false;
        clearTimeout(watch);
        watch = silence();
        for (const event of parser.take(value)) this.#take(event);
      }
    } catch {
      return false;
    } finally {
      clearTimeout(watch);
    }
  }

  #take({ id, kind, data }) {
    if (id !== null) this.#last = id;
    if (kind === "missed") return this.#told.missed();
    let event;
    try { event = JSON.parse(data); } catch { return; }
    if (event && typeof event === "object") this.#told.event(event);
  }
}

/** Server-sent events from the pieces in which they arrive. */
class EventParser {
  #rest = ""; #id = null; #kind = "message"; #data = [];

  /** The events that are complete with this piece. */
  take(piece) {
    const events = [];
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length) {
          events.push({ id: this.#id, kind: this.#kind, data: this.#data.join("\n") });
        }
        [this.#id, this.#kind, this.#data] = [null, "message", []];
        continue;
      }
      const colon = line.indexOf(":");
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (name === "id") this.#id = value;
      else if (name === "event") this.#kind = value;
      else if (name === "data") this.#data.push(value);
    }
    return events;
  }
}
