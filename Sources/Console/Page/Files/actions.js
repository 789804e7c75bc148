// What may be asked for, as buttons: who may not do a thing does not see its button.

import { ask, at } from "./api.js";
import { askForReason } from "./dialog.js";
import { code, count, element } from "./dom.js";

const roles = ["read", "operate", "approve"];

/** Whether somebody with this role may do what needs `wanted`. */
const may = (who, wanted) => roles.indexOf(who?.role) >= roles.indexOf(wanted);

/** An input for how long something holds. */
export const duration = (label) => ({ label, attributes: { pattern: "[1-9][0-9]{0,9}[smhd]" } });

/**
 * A button that asks for a reason, and posts; null for who may not.
 *
 * `what` is as `askForReason` takes it, with `path` and `body`, and `read`, which makes members of
 * the body from what was filled in.
 */
export function action(context, role, what) {
  if (!may(context.who, role)) return null;
  const { store } = context;
  const act = async (reason, values) => {
    const filled = Object.entries(values).filter(([, value]) => value !== "");
    const members = (what.read ?? ((one) => one))(Object.fromEntries(filled));
    const { found } = await ask(
      at(store.environment, ...what.path), { ...what.body, ...members, reason });
    store.refresh();
    return found.summary;
  };
  return element("button", {
    type: "button", class: what.isDangerous ? "danger" : null,
    "data-key": `${what.path.join("/")} ${what.key ?? ""}`,
    onclick: () => askForReason({ ...what, act }),
  }, what.button);
}

const says = (...words) => element("p", {}, ...words);

/** The buttons of a rollout, those that its state has. */
export function rolloutActions(context, rollout) {
  const { rollout: id, state, takenBack, message, counts = {} } = rollout;
  const isOpen = state !== null && !["completed", "failed", "superseded"].includes(state);
  const failed = (counts.failed ?? 0) + (counts.failed_retryable ?? 0);
  const ready = counts.waiting_for_cutover ?? 0;
  const verb = (name, isThere, what) =>
    isThere && action(context, "operate", { ...what, path: ["rollouts", id, name], body: {} });
  return element("div", { class: "actions" },
    verb("stop", isOpen && state !== "stopped", {
      button: "Stop", title: `Stop rollout ${id}`,
      effect: says("Nothing further of it begins. What runs ends."),
    }),
    verb("start", state === "stopped" && !takenBack, {
      button: "Start", title: `Let rollout ${id} go on`,
      effect: says("It goes on with the daemon's next pass."),
    }),
    verb("release", state === "paused", {
      button: "Release", title: `Let rollout ${id} go on`,
      effect: says(`It paused by itself: ${message ?? "see its first error"}`),
    }),
    verb("cutover", ready > 0, {
      button: "Cut over", title: `Cut over what is ready of rollout ${id}`,
      effect: says(`${count(ready, "table")} that were copied take the place of the old ones.`),
    }),
    verb("retry", failed > 0, {
      button: "Try again", title: `Try again what failed of rollout ${id}`,
      effect: says(`${count(failed, "operation")}: `, message ?? "see why it failed"),
    }),
    verb("throttle", isOpen, {
      button: "Throttle", title: `Throttle rollout ${id}`,
      effect: says("At most so many of its shards are at work at once; no number ends that."),
      fields: { atOnce: { label: "Shards at once", attributes: { type: "number", min: 1 } } },
      read: ({ atOnce }) => (atOnce ? { atOnce: Number(atOnce) } : { off: true }),
    }),
    verb("rollback", !takenBack, {
      button: "Take back", isDangerous: true, title: `Take rollout ${id} back`,
      effect: says(
        "What was before it is wanted again, until git wants something new. The next pass plans "
          + "the way back; what cannot come back waits for an approval."),
    }));
}

/** Suspends a shard, or lets changes go on there. */
export function shardActions(context, shard) {
  const target = `${shard.namespace}/${shard.name}`;
  const about = { key: target, body: { target } };
  const where = says(code(target), ` on ${shard.server}`);
  return element("div", { class: "actions" },
    shard.state === "suspended"
      ? action(context, "operate", {
        ...about, button: "Resume", path: ["resume"], title: `Let changes go on on ${target}`,
        effect: where,
      })
      : action(context, "operate", {
        ...about, button: "Suspend", path: ["suspend"], title: `Let nothing begin on ${target}`,
        effect: where,
        fields: { for: duration("For how long, such as 4h (empty: until it is resumed)") },
      }),
    shard.state === "setAside" && action(context, "operate", {
      ...about, button: "Unlock", path: ["unlock"], isDangerous: true,
      title: `End that ${target} is set aside`,
      effect: [where, says(shard.reason ?? ""), says("The next pass reads it and plans anew.")],
    }));
}
