// What waits for an approval, with all that it would do, and what was decided before.

import { action, duration } from "./actions.js";
import { code, count, element, portion, sign, table, time } from "./dom.js";
import { effect, hazard, label, planView } from "./plan.js";
import { plain } from "./states.js";

const kinds = { approved: "good", used: "quiet", denied: "bad", unreadable: "bad" };

/** The steps of the plan that wait for an approval. */
export function waiting(plan) {
  return (plan?.steps ?? []).filter((step) => step.holds.some(isApproval));
}

const isApproval = (hold) => hold.code === "approval";

function step(context, one) {
  const name = label(one.namespace, one.table);
  const decision = (verb, what) => action(context, "approve", {
    ...what, path: [verb], key: one.approval, body: { digest: [one.approval] },
    effect: element("div", {}, element("p", {}, hazard(one)), effect(one)),
  });
  return element("section", {},
    element("h3", {}, code(name),
      element("small", {}, ` ${one.kind} on ${count(one.shards.length, "shard")} · `,
        code(one.approval.slice(0, 16)))),
    element("p", {}, hazard(one)),
    one.holds.filter(isApproval).map((hold) =>
      element("p", {}, sign("warn", "waits"), `: ${hold.reason}`)),
    effect(one),
    element("div", { class: "actions" },
      decision("approve", {
        button: "Approve", title: `Approve the change of ${name}`,
        fields: {
          expires: duration("Valid for, such as 12h (empty: 7d, or what the operator allows)"),
        },
      }),
      decision("deny", {
        button: "Deny", isDangerous: true, title: `Deny the change of ${name}, for good`,
      })));
}

function decisions(rows) {
  if (!rows.length) return element("p", {}, "Nothing was decided yet.");
  const heads = ["step", "decision", "table", "shards", "by", "given", "until", "reason"];
  return table("Decisions", heads, rows.map((one) => [
    code((one.digest ?? "").slice(0, 12)), sign(kinds[one.state] ?? "warn", plain(one.state)),
    one.table ? code(label(one.namespace, one.table)) : "", one.shards, one.by,
    one.given && time(one.given), one.until && time(one.until), one.reason,
  ]));
}

export function approvalsView(context) {
  const { store } = context;
  const plan = store.get("plan");
  if (!plan) return planView(context);
  const approvals = store.get("approvals");
  const steps = waiting(plan);
  return element("div", {},
    element("h2", {}, steps.length ? `${count(steps.length, "step")} waiting for approval`
      : "Nothing waits for an approval"),
    portion(context, steps, (one) => step(context, one), 50),
    element("h2", {}, "Decided"),
    approvals ? decisions(approvals.rows.filter((row) => row.state !== "waiting"))
      : element("p", {}, store.fault("approvals") ?? "The decisions are being read."),
    approvals?.next && element("p", {}, "The others stand in the ",
      element("a", { href: "#/audit" }, "audit trail"), "."));
}
