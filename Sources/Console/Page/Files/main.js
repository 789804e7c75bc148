// The page: the token, the environment, the view, and the stream that keeps all of it true.

import { approvalsView, waiting } from "./approvals.js";
import { Refused, Unreachable, ask, token } from "./api.js";
import { auditView } from "./audit.js";
import { announce, element, keepTimes, sign, visible } from "./dom.js";
import { driftView } from "./drift.js";
import { NowView } from "./now.js";
import { planView } from "./plan.js";
import { rolloutView, rolloutsView } from "./rollouts.js";
import { Store } from "./store.js";
import { EventStream } from "./stream.js";

const part = (id) => document.getElementById(id);
const main = part("main");
const keptEnvironment = "plumb-environment";

let who = null, stream = null, now = null, lostAt = null, drawing = 0, shown = null;
// What each view keeps while it is drawn anew, such as the page of a list.
let memos = {};

// Who has signed out already may still hear that what was on its way is refused.
const store = new Store(
  () => redraw(), () => token.get() && signIn("The token is good no more."));

const isDrifted = (finding) => ["drifted", "conflict"].includes(finding.status);

const views = {
  now: { word: "Now", draw: (context) => now.render(context) },
  drift: {
    word: "Drift", draw: driftView,
    count: () => store.get("drift")?.findings.filter(isDrifted).length,
  },
  plan: { word: "Plan", draw: planView, count: () => store.get("plan")?.steps.length },
  rollouts: {
    word: "Rollouts",
    draw: (context, id) => (id ? rolloutView(context, id) : rolloutsView(context)),
    count: () => store.get("rollouts")?.rows.filter((one) => !one.ended).length,
  },
  approvals: {
    word: "Approvals", draw: approvalsView, count: () => waiting(store.get("plan")).length,
  },
  audit: { word: "Audit trail", draw: auditView },
};

/** The view of the address, and what of it: `#/rollouts/193fc2`. */
function route() {
  const [, view, coded] = location.hash.split("/");
  let id = "";
  try { id = decodeURIComponent(coded ?? ""); } catch { /* an address that was mistyped */ }
  return Object.hasOwn(views, view ?? "") ? { view, id } : { view: "now", id: "" };
}

// MARK: Drawing

function redraw() {
  if (drawing || !who) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    if (who) draw();
  });
}

function draw() {
  const { view, id } = route();
  const key = `${store.environment}/${view}/${id}`;
  const isNew = shown !== key;
  shown = key;
  const kept = isNew ? null : whatIsOpen();
  const context = { store, who, redraw, memo: (memos[key] ??= {}) };
  const drawn = attempt(() => views[view].draw(context, id));
  if (drawn.parentNode !== main || main.children.length !== 1) main.replaceChildren(drawn);
  if (kept) openAgain(kept);
  menu(view);
  const wrong = store.get("fleet")?.shards.filter((one) => one.state !== "inSync").length;
  document.title = visible(
    `${wrong ? `(${wrong}) ` : ""}${views[view].word} · ${store.environment} · Plumb`);
  if (!isNew) return;
  part("done")?.remove();
  scrollTo(0, 0);
  if (document.activeElement === document.body) main.focus({ preventScroll: true });
}

/** What draws a view, or why it cannot: an answer may have passed something that changed it. */
function attempt(draw) {
  try {
    return draw();
  } catch (error) {
    return element("p", { class: "sign bad" }, `This cannot be shown: ${error.message}`);
  }
}

const keyOf = (details) => details.dataset.key ?? details.querySelector("summary").textContent;

/** What somebody has opened, and where they are, which drawing anew would forget. */
function whatIsOpen() {
  const active = main.contains(document.activeElement) ? document.activeElement : null;
  return {
    open: new Set([...main.querySelectorAll("details[open]")].map(keyOf)),
    focus: active?.dataset.key, value: active?.value, at: active?.selectionStart,
  };
}

function openAgain({ open, focus, value, at }) {
  for (const details of main.querySelectorAll("details:not([open])")) {
    if (open.has(keyOf(details))) details.open = true;
  }
  const again = focus && main.querySelector(`[data-key="${CSS.escape(focus)}"]`);
  if (!again || again === document.activeElement) return;
  again.focus({ preventScroll: true });
  if (again.type !== "search") return;
  again.value = value;
  again.setSelectionRange(at, at);
}

function menu(current) {
  part("views").replaceChildren(...Object.entries(views).map(([name, view]) => {
    const number = view.count?.();
    return element("li", {},
      element("a", { href: `#/${name}`, "aria-current": name === current && "page" },
        view.word, number > 0 && element("span", { class: "count" }, String(number))));
  }));
  const all = store.environments.map((one) => one.environment);
  const held = part("environments");
  const key = JSON.stringify([all, store.environment]);
  if (held.dataset.key === key) return;
  held.dataset.key = key;
  const choice = () => element("select", {
    "aria-label": "Environment", onchange: (event) => choose(event.target.value),
  }, all.map((name) =>
    element("option", { value: name, selected: name === store.environment }, name)));
  held.replaceChildren(all.length < 2 ? element("bdi", {}, store.environment) : choice());
}

// MARK: The connection

function say(...words) { part("connection").replaceChildren(...words); }

function listen() {
  stream?.stop();
  stream = new EventStream({
    event: (event) => store.heard(event),
    missed: () => store.refresh(),
    open: () => {
      if (lostAt) announce("The connection is back.");
      lostAt = null;
      say();
    },
    lost: (seconds) => {
      lostAt ??= new Date();
      say(sign("bad", `No connection since ${lostAt.toISOString().slice(0, 19)}Z: what you see `
        + `was so then. Tried again in ${Math.ceil(seconds)} s.`));
    },
    refused: () => signIn("The token is good no more."),
  });
  stream.start();
}

async function choose(environment) {
  [memos, now] = [{}, new NowView()];
  sessionStorage.setItem(keptEnvironment, environment);
  const started = store.start(environment);
  redraw();
  await started;
}

// MARK: The token

async function begin() {
  const secret = token.get();
  try {
    const [me] = (await ask("/whoami")).found.rows ?? [];
    const list = (await ask("/environments")).found.rows ?? [];
    const all = list.map((one) => one.environment);
    if (!me || !all.length) throw new Unreachable("the daemon knows no environment yet");
    who = me;
    say();
    part("who").replaceChildren(element("span", {}, `${who.name} (${who.role}) `),
      element("button", { type: "button", onclick: () => signIn() }, "Sign out"));
    lostAt = null;
    listen();
    const kept = sessionStorage.getItem(keptEnvironment);
    await choose(all.includes(kept) ? kept : all[0]);
  } catch (error) {
    // Somebody may have signed out meanwhile.
    if (secret === null || secret !== token.get()) return;
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
    if (error.status === 401) return signIn("This token is not good.");
    say(sign("bad", `${error.message}. Tried again in a few seconds.`));
    setTimeout(begin, 2000 + Math.random() * 2000);
  }
}

/** Asks for the token; whatever was shown is gone. */
function signIn(words = "") {
  stream?.stop();
  store.stop();
  token.forget();
  [who, shown] = [null, null];
  for (const id of ["who", "views", "environments"]) part(id).replaceChildren();
  delete part("environments").dataset.key;
  document.querySelector("dialog")?.close();
  part("done")?.remove();
  say();
  const input = element("input", {
    type: "password", id: "token", required: true, autocomplete: "off", spellcheck: "false",
  });
  const submit = (event) => {
    event.preventDefault();
    const secret = input.value.trim();
    // Others could not even be sent.
    if (!/^[!-~]+$/.test(secret)) return signIn("A token has no such letters.");
    token.set(secret);
    main.replaceChildren();
    begin();
  };
  main.replaceChildren(element("form", { onsubmit: submit },
    element("h2", {}, "Sign in"), words && element("p", { role: "alert" }, words),
    element("p", {},
      element("label", { for: "token" }, "A token of the daemon's file, kept in this tab alone"),
      element("br"), input),
    element("button", { type: "submit", class: "main" }, "Sign in")));
  input.focus();
}

// A link to a part of the page, as the one that skips the menu, leads to no other view.
addEventListener("hashchange", () => {
  if (!location.hash || location.hash.startsWith("#/")) redraw();
});
// The groups in numbers and the long lists belong on paper, too.
addEventListener("beforeprint", () => {
  for (const details of main.querySelectorAll("details")) {
    details.open = true;
    details.fill?.();
  }
});
keepTimes();
if (token.get()) begin();
else signIn();
