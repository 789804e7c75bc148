// What the page knows: the documents of one environment, asked anew when an event says that they
// may have changed.

import { Refused, Unreachable, ask, at } from "./api.js";

// Each document with its path, and for how long it is good at least while operations go by: what
// is as large as the fleet is not asked for at each of them.
const documents = {
  status: { path: ["status"], pause: 1 },
  fleet: { path: ["fleet"], pause: 4 },
  plan: { path: ["plan"], pause: 5 },
  drift: { path: ["drift"], pause: 5 },
  approvals: { path: ["approvals"], pause: 2 },
  rollouts: { path: ["rollouts"], pause: 2 },
  windows: { path: ["windows"], pause: 30 },
};
// Which documents an event makes old; every other event says nothing about the shards.
const stale = {
  pass: Object.keys(documents),
  "pass-failed": [],
  operation: ["status", "fleet", "rollouts"],
  "environment-gone": Object.keys(documents),
};

/** Whether a refusal may be none the next time, by itself. */
const mayPass = (error) => error instanceof Unreachable || error.status >= 500;

/** In how many seconds it is asked again then. */
const soon = () => 4 + Math.random() * 4;

export class Store {
  #changed; #refused; #held = {}; #timers = {}; #answers = new Map();
  environments = [];
  /** Null until the first document is there, then when it was asked for. */
  environment = null;

  /** `changed(name)` is called when a document is another one; `refused()` for a bad token. */
  constructor(changed, refused) {
    this.#changed = changed;
    this.#refused = refused;
  }

  /** A document, or null while there is none. */
  get(name) { return this.#held[name]?.found ?? null; }

  /** Why there is no document, or none that is newer; null where all is well. */
  fault(name) { return this.#held[name]?.fault ?? null; }

  /** How often something of the ledger may have changed, for what is asked elsewhere. */
  generation = 0;

  async start(environment) {
    this.stop();
    this.environment = environment;
    await this.lookAround();
    await Promise.all(Object.keys(documents).map((name) => this.#load(name)));
  }

  /** Asks which environments there are, and how their loops are. */
  async lookAround() {
    try {
      const { found, text } = await ask("/environments");
      if (text === this.environmentsText) return;
      this.environmentsText = text;
      this.environments = found.rows ?? [];
      this.#changed("environments");
    } catch (error) {
      this.#note(error);
    }
  }

  /** Takes in an event of the stream. */
  heard(event) {
    if (event.environment && event.environment !== this.environment) return;
    if (["pass", "pass-failed", "standing-by", "environment-gone"].includes(event.event)) {
      this.lookAround();
    }
    const old = Object.hasOwn(stale, event.event) ? stale[event.event] : [];
    if (old.length) this.generation += 1;
    // Not all pages that are open ask at the same moment.
    const now = event.event === "pass" ? Math.random() / 4 : null;
    for (const name of old) this.#refresh(name, now ?? documents[name].pause);
  }

  /** Asks for everything again, as something may not have been heard or was just asked for. */
  refresh() {
    this.generation += 1;
    this.lookAround();
    for (const name of Object.keys(documents)) this.#refresh(name, 0.05);
  }

  /**
   * What a path answers, for one view: `found` and `fault`, both null until it is there. It is
   * asked again, at most once a second, when something of the ledger may have changed.
   */
  ask(path) {
    const held = this.#answers.get(path) ?? { found: null, text: null, fault: null, of: -1, at: 0 };
    this.#answers.delete(path);
    this.#answers.set(path, held);
    // Those that no view asked for lately are not kept.
    if (this.#answers.size > 200) this.#answers.delete(this.#answers.keys().next().value);
    if (held.of !== this.generation && !held.isAsked) this.#answer(path, held);
    return held;
  }

  async #answer(path, held) {
    held.isAsked = true;
    const rest = held.at + 1000 - Date.now();
    if (rest > 0) await new Promise((go) => { setTimeout(go, rest); });
    const of = this.generation;
    let isChanged = false;
    try {
      const { found, text } = await ask(path);
      isChanged = text !== held.text || held.fault !== null;
      Object.assign(held, { found, text, fault: null, mayPass: false });
    } catch (error) {
      const fault = this.#note(error);
      isChanged = fault !== held.fault;
      Object.assign(held, { fault, mayPass: mayPass(error) });
    }
    Object.assign(held, { isAsked: false, of, at: Date.now() });
    if (isChanged || of !== this.generation) this.#changed("answer");
    if (!held.mayPass) return;
    await new Promise((go) => { setTimeout(go, soon() * 1000); });
    // Asked again where a view still wants it.
    if (this.#answers.get(path) === held) {
      held.of = -1;
      this.#changed("answer");
    }
  }

  /** Forgets everything, and asks for nothing any more. */
  stop() {
    this.#answers.clear();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    [this.#held, this.#timers] = [{}, {}];
  }

  #refresh(name, seconds) {
    const held = this.#held[name];
    if (this.#timers[name]) return;
    if (held?.isAsked) {
      held.isOld = true;
      return;
    }
    // What is large is asked for less often.
    const size = Math.max(1, (held?.text?.length ?? 0) / 1e6);
    this.#timers[name] = setTimeout(() => {
      delete this.#timers[name];
      this.#load(name);
    }, seconds * size * 1000);
  }

  async #load(name) {
    const all = this.#held;
    const held = (all[name] ??= { found: null, text: null, fault: null });
    [held.isAsked, held.isOld] = [true, false];
    let isChanged = false, isAgain = false;
    try {
      const { found, text } = await ask(at(this.environment, ...documents[name].path));
      isChanged = text !== held.text || held.fault !== null;
      Object.assign(held, { found, text, fault: null });
    } catch (error) {
      const fault = this.#note(error);
      isChanged = fault !== held.fault;
      held.fault = fault;
      isAgain = mayPass(error);
    }
    held.isAsked = false;
    // Another environment may have been chosen meanwhile.
    if (all !== this.#held) return;
    if (isChanged) this.#changed(name);
    if (held.isOld) this.#refresh(name, documents[name].pause);
    else if (isAgain) this.#refresh(name, soon());
  }

  #note(error) {
    if (error instanceof Refused) {
      if (error.status === 401) this.#refused();
      return [error.message, error.remedy].filter(Boolean).join(": ");
    }
    if (error instanceof Unreachable) return error.message;
    throw error;
  }
}
