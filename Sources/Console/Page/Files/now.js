// The first page: what is wrong, then the whole fleet.

import { shardActions } from "./actions.js";
import { code, count, element, sign, time } from "./dom.js";
import { finding } from "./drift.js";
import { FleetPicture } from "./fleet.js";
import { problems } from "./problems.js";
import { weight, word } from "./states.js";

const titles = {
  bad: "Wrong", warn: "Look at this", busy: "At work", due: "Due", good: "Well", quiet: "To know",
};

function list(store) {
  const found = problems(store);
  const fleet = store.get("fleet");
  const isWell = fleet && found.every((one) => !["bad", "warn"].includes(one.kind));
  const inSync = fleet?.shards.filter((shard) => shard.state === "inSync").length;
  const of = isWell && `${inSync.toLocaleString("en")} of ${count(fleet.shards.length, "shard")}`;
  return element("div", {},
    isWell && element("p", { class: "sign good" },
      `Nothing is wrong: ${of} in sync with ${fleet.revision.label}`),
    element("ul", { class: "problems" }, found.map((one) =>
      element("li", { class: one.kind }, element("div", {},
        sign(one.kind, titles[one.kind]), " ", one.words,
        one.href && [" ", element("a", { href: one.href }, "more")])))));
}

/** The first page, which keeps its picture while everything else is drawn anew. */
export class NowView {
  #context = null; #shown = null; #chosen = null;

  constructor() {
    this.list = element("div");
    this.title = element("h2", {}, "The fleet");
    this.picture = new FleetPicture((shard) => this.#choose(shard));
    this.shard = element("div");
    this.whole = element("div", {}, this.list, this.title, this.shard, this.picture.whole);
  }

  render(context) {
    this.#context = context;
    const { store } = context;
    const fleet = store.get("fleet");
    this.list.replaceChildren(list(store));
    if (!fleet) {
      const words = store.fault("fleet") ?? "The shards are being read.";
      this.title.replaceChildren(element("span", {}, words));
    } else if (fleet !== this.#shown) {
      this.#shown = fleet;
      this.title.replaceChildren(`The fleet: ${count(fleet.shards.length, "shard")} `,
        element("small", {}, "looked at ", time(fleet.time)));
      this.picture.show(fleet.shards);
    }
    this.#showShard();
    return this.whole;
  }

  #choose(shard) {
    this.#chosen = shard;
    this.#showShard();
    this.shard.scrollIntoView({ block: "nearest" });
  }

  /** What is known of the shard that was opened. */
  #showShard() {
    const { store } = this.#context;
    const isIt = (one) =>
      one.name === this.#chosen?.name && one.namespace === this.#chosen?.namespace;
    const shard = store.get("fleet")?.shards.find(isIt);
    if (!shard) return this.shard.replaceChildren();
    const drift = store.get("drift");
    const findings = [...(drift?.findings ?? []), ...(drift?.unmanaged ?? [])]
      .filter((one) => one.namespace === shard.namespace && one.shards.includes(shard.name));
    const close = () => {
      this.#chosen = null;
      this.#showShard();
      this.picture.picture.focus({ preventScroll: true });
    };
    this.shard.replaceChildren(
      element("section", { class: weight(shard.state), "aria-label": "The shard" },
        element("h3", {}, code(`${shard.namespace}/${shard.name}`), " ",
          sign(weight(shard.state), word(shard.state)),
          element("small", {}, " on ", code(shard.server))),
        shard.reason && element("p", {}, shard.reason), shardActions(this.#context, shard),
        findings.map((one) =>
          finding(store, { ...one, shards: [shard.name] }, 0, drift.shardCount)),
        element("button", { type: "button", "data-key": "close", onclick: close }, "Close")));
  }
}
