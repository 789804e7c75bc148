// A question before something is done: what it is about, and why it is done. The answer of the
// daemon is said where the question was.

import { Refused, Unreachable } from "./api.js";
import { announce, element } from "./dom.js";

/**
 * Asks for a reason, and does it.
 *
 * `what` has `title`, `button`, `isDangerous`, `effect` (elements that say exactly what happens),
 * `fields` (further inputs by name) and `act(reason, values)`, which returns what to say.
 */
export function askForReason(what) {
  const before = document.activeElement;
  const reason = element("textarea",
    { id: "reason", name: "reason", rows: 3, required: true, maxlength: 4000 });
  const fault = element("div", { role: "alert" });
  const submit = element("button",
    { type: "submit", class: what.isDangerous ? "danger" : "main" }, what.button);
  const form = element("form", { onsubmit: (event) => { event.preventDefault(); send(); } },
    element("h2", { id: "dialog-title" }, what.title), what.effect,
    Object.entries(what.fields ?? {}).map(([name, input]) =>
      element("p", {}, element("label", { for: name }, input.label), element("br"),
        element("input", { id: name, name, ...input.attributes }))),
    element("p", {}, element("label", { for: "reason" },
      "Why? The reason stands in the audit trail, under your name."), element("br"), reason),
    fault,
    element("div", { class: "actions" }, submit,
      element("button", { type: "button", onclick: () => dialog.close() }, "Leave it")));
  const dialog = element("dialog", {
    "aria-labelledby": "dialog-title",
    onclose: () => {
      dialog.remove();
      // What was open before may have been drawn anew since.
      const key = before?.dataset?.key;
      const again = key ? document.querySelector(`[data-key="${CSS.escape(key)}"]`) : before;
      (again ?? document.getElementById("main")).focus();
    },
  }, form);

  async function send() {
    submit.disabled = true;
    fault.replaceChildren();
    try {
      const values = Object.fromEntries(Object.keys(what.fields ?? {})
        .map((name) => [name, form.elements[name].value.trim()]));
      const words = await what.act(reason.value.trim(), values);
      dialog.close();
      announce(words);
      note(words);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      const lost = error instanceof Unreachable
        ? " Whether it was done is not known: see the audit trail before it is asked again." : "";
      fault.replaceChildren(element("p", { class: "sign bad" }, `${error.message}.${lost}`),
        error.remedy ? element("p", {}, error.remedy) : "");
      submit.disabled = false;
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}

/** Says above the page what was done, until something else is. */
function note(words) {
  document.getElementById("done")?.remove();
  document.getElementById("main").before(
    element("p", { id: "done", class: "sign good" }, words));
}
