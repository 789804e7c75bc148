// The audit trail, newest first, with search.

import { at, query } from "./api.js";
import { code, element, table, time } from "./dom.js";

const heads = ["time", "event", "by", "what", "reason", "commit"];

export function auditView(context) {
  const { store, memo, redraw } = context;
  memo.search ??= "";
  // Where the pages begin that were turned to; the newest begins nowhere.
  memo.pages ??= [null];
  const input = element("input", {
    type: "search", id: "search", value: memo.search, "data-key": "search", maxlength: 200,
    placeholder: "a shard, a table, a person, a rollout, an event",
  });
  const search = (event) => {
    event.preventDefault();
    [memo.search, memo.pages] = [input.value.trim(), [null]];
    redraw();
  };
  const turn = (word, change) => element("button", {
    type: "button", "data-key": word,
    onclick: () => { change(); redraw(); },
  }, word);
  const { found, fault } = store.ask(at(store.environment, "log")
    + query({ limit: 100, search: memo.search, before: memo.pages.at(-1) }));
  const rows = found?.rows ?? [];
  return element("div", {},
    element("form", { role: "search", class: "tools", onsubmit: search },
      element("label", { for: "search" }, "Search"), input,
      element("button", { type: "submit" }, "Search")),
    fault && element("p", { class: "sign bad" }, fault),
    !found && !fault && element("p", {}, "The audit trail is being read."),
    found && element("p", { role: "status" },
      found.summary, memo.search ? ` with “${memo.search}”` : ""),
    rows.length > 0 && table("Events, newest first", heads, rows.map((row) => [
      time(row.time), code(row.event), row.actor, row.subject, row.reason, code(row.commit),
    ])),
    element("div", { class: "actions" },
      memo.pages.length > 1 && turn("Newer", () => memo.pages.pop()),
      found?.next && turn("Older", () => memo.pages.push(found.next))));
}
