// The fleet as a picture: every shard is a cell, in groups. A group is one drawing with a path for
// each state, so that ten thousand cells are a few hundred elements. For those who listen instead
// of looking there is a table of the groups beside it, and the keys that go from cell to cell.

import { announce, element, shape, visible } from "./dom.js";
import { countStates, countWords, legend, outline, states, word } from "./states.js";

const groupings = {
  namespace: { word: "namespace", key: (shard) => shard.namespace },
  server: { word: "server", key: (shard) => shard.server },
  state: { word: "state", key: (shard) => shard.state, name: word },
};
const rank = Object.fromEntries(states.map((state, place) => [state, place]));

/** The groups of shards, those with the worst shard first, each in the order of the fleet file. */
function group(shards, by) {
  const grouping = groupings[by] ?? groupings.namespace;
  const groups = new Map();
  shards.forEach((shard, place) => {
    const key = grouping.key(shard);
    let found = groups.get(key);
    if (!found) groups.set(key, found = { name: (grouping.name ?? String)(key), cells: [] });
    found.cells.push(place);
  });
  const all = [...groups.values()];
  for (const one of all) {
    one.counts = countStates(one.cells.map((place) => shards[place]));
    one.worst = Math.min(...Object.keys(one.counts).map((state) => rank[state] ?? 0));
  }
  return all.map((one, place) => ({ one, place }))
    .sort((a, b) => a.one.worst - b.one.worst || a.place - b.place).map(({ one }) => one);
}

export class FleetPicture {
  #shards = []; #groups = []; #drawn = []; #place = null; #columns = 1; #pitch = 11;
  #chosen; #width = 0; #isDue = false; #by = "namespace";

  /** `chosen(shard)` is called when somebody opens a cell. */
  constructor(chosen) {
    this.#chosen = chosen;
    this.picture = element("div", {
      class: "fleet", tabindex: 0, role: "application", "aria-label": "The shards as a picture",
      "aria-describedby": "fleet-keys", "data-key": "fleet",
      onkeydown: (event) => this.#key(event), onclick: (event) => this.#point(event, true),
      onmousemove: (event) => this.#point(event, false),
      onfocus: () => this.#move(this.#place ?? 0),
    });
    this.legend = element("div");
    this.here = element("p", {}, "");
    this.summary = element("div");
    this.whole = element("div", {},
      element("div", { class: "tools" }, this.#choice()),
      element("p", { class: "unseen", id: "fleet-keys" },
        "Arrow keys go from shard to shard, Page Up and Page Down from group to group, Enter "
          + "shows what is known of a shard. The table below has the groups in numbers."),
      this.legend, this.picture, this.here, this.summary);
    // Also when the page shows it first, or again: until then nobody knows how wide it is.
    new ResizeObserver(() => {
      if (this.#isDue || Math.abs(this.picture.clientWidth - this.#width) > 8) this.#draw();
    }).observe(this.picture);
  }

  show(shards) {
    const shown = this.#place === null ? null : this.#shards[this.#place];
    this.#shards = shards;
    const kept = shown && shards.findIndex(
      (shard) => shard.name === shown.name && shard.namespace === shown.namespace);
    this.#place = kept === null || kept < 0 ? null : kept;
    this.#draw();
  }

  #choice() {
    return element("fieldset", {}, element("legend", {}, "Grouped by"),
      Object.entries(groupings).map(([name, grouping]) =>
        element("label", {}, element("input", {
          type: "radio", name: "grouping", value: name, checked: name === this.#by,
          "data-key": `by-${name}`, onchange: () => { this.#by = name; this.#draw(); },
        }), ` ${grouping.word} `)));
  }

  #draw() {
    this.#isDue = !this.picture.clientWidth;
    if (this.#isDue || !this.#shards.length) return;
    const shards = this.#shards;
    this.#groups = group(shards, this.#by);
    const largest = this.#groups.reduce((most, one) => Math.max(most, one.cells.length), 0);
    this.#pitch = shards.length <= 60 ? 24 : shards.length <= 1000 ? 16 : 11;
    // Small groups stand side by side.
    const isWide = this.#groups.length > 1 && largest * this.#pitch ** 2 <= 208 * 160;
    this.picture.classList.toggle("wide", isWide);
    this.#width = this.picture.clientWidth;
    this.#columns = Math.max(4, Math.floor((isWide ? 208 : this.#width) / this.#pitch));
    this.#drawn = this.#groups.map((one) => this.#drawing(one));
    this.picture.replaceChildren(...this.#drawn.map(({ whole }) => whole));
    this.legend.replaceChildren(legend(countStates(shards)));
    this.summary.replaceChildren(this.#table());
    if (document.activeElement === this.picture) this.#move(this.#place ?? 0);
    performance.mark("fleet-drawn", { detail: shards.length });
  }

  #drawing({ name, cells, counts }) {
    const [pitch, columns] = [this.#pitch, this.#columns];
    const size = pitch - (pitch > 12 ? 4 : 2);
    const paths = {};
    cells.forEach((place, index) => {
      const state = this.#shards[place].state;
      (paths[state] ??= []).push(outline(
        state, (index % columns) * pitch + 1, Math.floor(index / columns) * pitch + 1, size));
    });
    const height = Math.ceil(cells.length / columns) * pitch;
    const svg = shape("svg", {
      width: Math.min(cells.length, columns) * pitch, height, "aria-hidden": "true",
    }, Object.entries(paths).map(([state, parts]) =>
      shape("path", { class: states.includes(state) ? state : "unknown", d: parts.join("") })));
    const whole = element("div", { class: "group" },
      element("h3", {}, element("bdi", {}, name),
        element("small", {}, ` ${countWords(counts)}`)), svg);
    return { whole, svg };
  }

  #table() {
    const known = states.filter((state) => this.#groups.some((one) => one.counts[state]));
    return element("details", { "data-key": "fleet-table" },
      element("summary", {}, "The same in numbers"),
      element("table", {},
        element("caption", { class: "unseen" }, "How many shards of each group are in which state"),
        element("thead", {}, element("tr", {},
          [groupings[this.#by].word, "shards", ...known.map(word)].map((head) =>
            element("th", { scope: "col" }, head)))),
        element("tbody", {}, this.#groups.map((one) => element("tr", {},
          element("th", { scope: "row" }, one.name), element("td", {}, String(one.cells.length)),
          known.map((state) => element("td", {}, String(one.counts[state] ?? 0))))))));
  }

  // MARK: The cell that is looked at

  #find(place) {
    for (const [number, one] of this.#groups.entries()) {
      const index = one.cells.indexOf(place);
      if (index >= 0) return { number, index };
    }
    return null;
  }

  #move(place, isTold = true) {
    const found = this.#shards.length ? this.#find(place) : null;
    if (!found) return;
    this.#place = place;
    const [pitch, columns] = [this.#pitch, this.#columns];
    this.picture.querySelector(".cursor")?.remove();
    this.#drawn[found.number].svg.append(shape("rect", {
      class: "cursor", x: (found.index % columns) * pitch - 1,
      y: Math.floor(found.index / columns) * pitch - 1, width: pitch, height: pitch,
    }));
    const shard = this.#shards[place];
    const words = `${shard.namespace}/${shard.name} on ${shard.server}: ${word(shard.state)}`
      + (shard.differing ? `, ${shard.differing} differing` : "")
      + (shard.reason ? `, ${shard.reason}` : "");
    this.here.textContent = visible(words);
    if (isTold) {
      announce(words);
      this.#drawn[found.number].svg.querySelector(".cursor").scrollIntoView({ block: "nearest" });
    }
  }

  #key(event) {
    const found = this.#find(this.#place ?? 0);
    if (!found || event.ctrlKey || event.altKey || event.metaKey) return;
    const here = this.#groups[found.number].cells;
    const end = this.#groups.length - 1;
    const first = (number) => this.#groups[Math.max(0, Math.min(end, number))].cells[0];
    const step = (by) => {
      const index = found.index + by;
      if (index >= 0 && index < here.length) return here[index];
      const next = this.#groups[found.number + Math.sign(by)];
      return next ? next.cells[by < 0 ? next.cells.length - 1 : 0] : here[found.index];
    };
    const places = {
      ArrowRight: () => step(1), ArrowLeft: () => step(-1), ArrowDown: () => step(this.#columns),
      ArrowUp: () => step(-this.#columns), PageDown: () => first(found.number + 1),
      PageUp: () => first(found.number - 1), Home: () => here[0], End: () => here.at(-1),
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#chosen(this.#shards[this.#place ?? here[found.index]]);
    } else if (places[event.key]) {
      event.preventDefault();
      this.#move(places[event.key]());
    }
  }

  #point(event, isOpened) {
    const number = this.#drawn.findIndex(({ whole }) => whole.contains(event.target));
    if (number < 0) return;
    const box = this.#drawn[number].svg.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / this.#pitch);
    const row = Math.floor((event.clientY - box.top) / this.#pitch);
    if (column < 0 || column >= this.#columns || row < 0) return;
    const place = this.#groups[number].cells[row * this.#columns + column];
    if (place === undefined) return;
    if (place !== this.#place) this.#move(place, false);
    if (isOpened) this.#chosen(this.#shards[place]);
  }
}
