// Elements made of names and texts. Nothing is ever read as markup: what a repository or a server
// called something is text, whatever it looks like.

// What is invisible, or changes how other text is shown; U+FE0F only selects a form of an emoji.
const hidden = /(?!\uFE0F)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The text on one line, with an escape such as `\u{202e}` for what nobody could see. */
export function visible(text) {
  return String(text).replace(hidden, (one) => {
    switch (one) {
      case "\n": return "\\n";
      case "\r": return "\\r";
      case "\t": return "\\t";
      default: return `\\u{${one.codePointAt(0).toString(16)}}`;
    }
  });
}

/**
 * An element: `element("a", { href: "#/plan", class: "due" }, "the plan")`.
 *
 * An attribute that is null or false is left out; one that is a function listens to the event of
 * its name (`onclick`). Children are elements, texts, lists of these, or null for nothing.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  set(made, attributes);
  add(made, children);
  return made;
}

/** The same for a part of a picture. */
export function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(made, attributes);
  add(made, children);
  return made;
}

function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
}

function add(made, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    made.append(child instanceof Node ? child : visible(child));
  }
}

/** A text of several lines, such as a statement, as it was written. */
export function block(text) {
  const lines = String(text).replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n");
  const made = document.createElement("pre");
  made.tabIndex = -1;
  made.textContent = lines.map(visible).join("\n");
  return made;
}

export const code = (text) => element("code", {}, text);

/** A state or hazard by a sign, a colour and its word. */
export const sign = (kind, ...words) => element("span", { class: `sign ${kind}` }, ...words);

/** How many of what: `1 shard`, `3 shards`. */
export function count(number, what, many = `${what}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? what : many}`;
}

/** A time of the API, such as `2026-11-30T04:56:24Z`, and how far it is from now. */
export function time(iso) {
  const made = element("time", { datetime: iso, title: iso }, iso);
  tell(made);
  return made;
}

function tell(made) {
  const at = Date.parse(made.dateTime);
  if (Number.isNaN(at)) return;
  const seconds = Math.round((at - Date.now()) / 1000);
  const words = `${made.dateTime} (${distance(seconds)})`;
  if (made.textContent !== words) made.textContent = words;
}

/** Seconds from now in words: `in 12 s`, `3 min ago`. */
export function distance(seconds) {
  const size = Math.abs(seconds);
  const words =
    size < 90 ? `${size} s` : size < 5400 ? `${Math.round(size / 60)} min`
      : size < 129600 ? `${Math.round(size / 3600)} h` : `${Math.round(size / 86400)} d`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

/** Keeps the distances of all times on the page right. */
export function keepTimes() {
  setInterval(() => document.querySelectorAll("time").forEach(tell), 1000);
}

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
  document.getElementById("announcer").textContent = visible(text);
}

/** Many names in few words: the first and the last one, and all of them once somebody asks. */
export function names(all, shown = 8) {
  if (all.length <= shown) return all.map((name, place) => [place > 0 && ", ", code(name)]);
  const whole = element("p");
  const details = element("details", { ontoggle: () => details.fill() },
    element("summary", {}, code(all[0]), " … ", code(all.at(-1)),
      ` (${all.length.toLocaleString("en")})`), whole);
  // Ten thousand names that nobody looks at would be made anew with each event.
  details.fill = () => {
    if (details.open && !whole.firstChild) whole.append(code(all.join(", ")));
  };
  return details;
}

/** The first of many things, and a button for more of them; `memo` is the view's. */
export function portion({ memo, redraw }, all, draw, size = 100) {
  const shown = memo.shown ?? size;
  const more = () => {
    memo.shown = shown + size;
    redraw();
  };
  return [
    all.slice(0, shown).map(draw),
    all.length > shown && element("p", {}, `${shown} of ${all.length.toLocaleString("en")} `,
      element("button", { type: "button", "data-key": "more", onclick: more }, "More")),
  ];
}

/** A table with a caption for those who cannot see where it stands. */
export function table(caption, heads, rows, attributes = {}) {
  return element("div", { class: "wrap" },
    element("table", attributes,
      element("caption", { class: "unseen" }, caption),
      element("thead", {}, element("tr", {},
        heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, rows.map((row) =>
        row instanceof Node ? row
          : element("tr", {}, row.map((cell) => element("td", {}, cell)))))));
}
