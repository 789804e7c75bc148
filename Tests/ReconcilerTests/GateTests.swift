import Diff
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("What may run now, and why the rest may not")
struct GateTests {
    private func decide(
        _ steps: [PlanStep], approve: Set<Hazard> = [.lossy, .irreversible],
        drift: DriftPolicy = .report, drops: Int? = nil, closed: Gate.Hold? = nil,
        approvals: [ApprovalRecord] = []
    ) throws -> Gate.Decision {
        let approvals = ApprovalIndex(
            records: approvals, environment: "production",
            check: ApprovalCheck(terms: ApprovalTerms(minimum: 1, refusesAuthor: false)))
        let rules = Gate.Rules(approve: approve, drift: drift, dropsPerPlan: drops, closed: closed)
        return try Gate(rules: rules, approvals: approvals).decide(
            samplePlan(steps), now: sampleTime())
    }

    @Test("what is safe runs")
    func safe() throws {
        let decision = try decide([sampleStep()])
        #expect(decision.ready.map(\.shard) == ["s0", "s1"])
        #expect(decision.held.isEmpty)
    }

    @Test("what policy names waits for an approval of exactly it")
    func waits() throws {
        let step = sampleStep(hazard: .irreversible)
        let decision = try decide([step])
        #expect(decision.ready.isEmpty)
        let digest = try ApprovalBinding(environment: "production", step: step).digest()
        #expect(
            decision.held.map(\.hold) == [.approval(digest, reason: "no decision yet")])
        #expect(decision.held.first?.shards == ["s0", "s1"])
        #expect(decision.held.first?.hold.outcome.exitStatus == .blocked)

        let approval = try sampleApproval(step)
        let after = try decide([step], approvals: [approval])
        #expect(after.ready.map(\.approval) == [approval.digest, approval.digest])
    }

    @Test("tables that change together do not begin where rows are known to refuse a statement")
    func rowsInTheWay() throws {
        func decide(
            _ rule: HazardRule, isGroup: Bool, inTheWay: [String], changesRows: Bool? = nil
        ) throws -> Gate.Decision {
            var step = sampleStep(table: "child")
            if isGroup { step.members = [PlanMember(object: "child", from: nil, to: nil)] }
            var finding = HazardFinding(rule: rule, hazard: .lossy, reason: "refused")
            finding.probe = DataProbe(
                DataQuestion(
                    sought: "orphans", sql: "SELECT 1", look: "SELECT 2", changesRows: changesRows))
            finding.probe?.inTheWay = inTheWay
            step.findings = [finding]
            return try self.decide([step])
        }
        let held = try decide(.addForeignKey, isGroup: true, inTheWay: ["s1"])
        #expect(held.ready.map(\.shard) == ["s0"] && held.held.map(\.shards) == [["s1"]])
        #expect(
            held.held.first?.hold
                == .rows(
                    reason: "orphans: refused, so none of the statements is started; look at them "
                        + "with SELECT 2"))
        #expect(held.held.first?.hold.outcome.exitStatus == .refused)
        #expect(try decide(.addForeignKey, isGroup: true, inTheWay: []).held.isEmpty)
        // One table is asked right before its first statement, by the operation itself.
        #expect(try decide(.addForeignKey, isGroup: false, inTheWay: ["s1"]).held.isEmpty)
        // Values that change are what an approval is for, whatever the rule.
        for rule in [HazardRule.addUnfilledColumn, .narrowType] {
            let decision = try decide(rule, isGroup: true, inTheWay: ["s1"], changesRows: true)
            #expect(decision.held.isEmpty, "\(rule)")
        }
    }

    @Test("one shard's missing approval does not hold the others")
    func perShard() throws {
        let step = sampleStep(hazard: .irreversible)
        let approval = try sampleApproval(step, consumed: ["s0": "r/x"])
        let decision = try decide([step], approvals: [approval])
        #expect(decision.ready.map(\.shard) == ["s1"])
        #expect(decision.held.map(\.shards) == [["s0"]])
    }

    @Test(
        "drift is left alone, put right where it only adds, or reverted",
        arguments: [
            (DriftPolicy.report, Hazard.safe, false),
            (.additive, .safe, true),
            (.additive, .costly, false),
            (.revert, .costly, true),
        ])
    func drift(policy: DriftPolicy, hazard: Hazard, runs: Bool) throws {
        let step = sampleStep(hazard: hazard, cause: PlanCause(kind: .liveChanged))
        let decision = try decide([step], drift: policy)
        #expect(decision.ready.isEmpty != runs)
        if !runs { #expect(decision.held.first?.hold.outcome.exitStatus == .difference) }
    }

    @Test("reverting drift that destroys waits for an approval all the same")
    func gatedHeal() throws {
        let step = sampleStep(hazard: .irreversible, cause: PlanCause(kind: .liveChanged))
        let decision = try decide([step], drift: .revert)
        #expect(decision.held.map(\.hold.code) == ["approval"])
    }

    @Test("more drops than policy allows are refused, whatever was approved")
    func drops() throws {
        let steps = ["a", "b"].map {
            sampleStep(table: $0, from: $0, to: nil, hazard: .irreversible, kind: .drop)
        }
        let approvals = try steps.map { try sampleApproval($0) }
        #expect(try decide(steps, drops: 2, approvals: approvals).held.isEmpty)
        let decision = try decide(steps, drops: 1, approvals: approvals)
        #expect(decision.ready.isEmpty)
        #expect(decision.held.map(\.step.object) == ["a", "b"])
        #expect(decision.held.map(\.shards) == [["s0", "s1"], ["s0", "s1"]])
        #expect(decision.held.map(\.hold.outcome.exitStatus) == [.refused, .refused])
    }

    @Test("a closed window holds what would run, and hides no missing approval")
    func window() throws {
        let closed = Gate.Hold.window(reason: "opens 2026-11-23T09:00:00Z")
        let decision = try decide(
            [sampleStep(), sampleStep(table: "z", hazard: .irreversible)], closed: closed)
        #expect(decision.ready.isEmpty)
        #expect(decision.held.map(\.hold.code) == ["window", "approval"])
        #expect(decision.held.allSatisfy { $0.hold.outcome.exitStatus == .blocked })
    }

    @Test("a view or trigger of what is held is held, too, where it is held")
    func behind() throws {
        func step(_ name: String, _ sql: String, order: Int) -> PlanStep {
            sampleStep(
                table: name, statements: [PlanStatement(sql: sql, after: digest("b"))],
                order: order)
        }
        let table = sampleStep(shards: ["s1"], hazard: .irreversible)
        let trigger =
            "CREATE OR REPLACE TRIGGER `t` BEFORE INSERT ON orders FOR EACH ROW SET @a = 1"
        let steps = [
            table,
            step(
                "view:top", "CREATE OR REPLACE VIEW `top` AS select `b`.`x` from `base` `b`",
                order: 2),
            step(
                "view:base", "CREATE OR REPLACE VIEW `base` AS select 1 AS `x` from `orders`",
                order: 1),
            step(
                "view:free", "CREATE VIEW `free` AS select `f`.`orders` from `others` `f`", order: 3
            ),
            step("trigger:t", trigger, order: 4),
        ]
        var decision = try decide(steps)
        decision.holdDependentObjects()
        #expect(
            decision.held.map(\.step.object) == ["orders", "view:base", "view:top", "trigger:t"])
        #expect(
            decision.held.allSatisfy {
                $0.shards == ["s1"] && $0.hold.outcome.exitStatus == .blocked
            })
        #expect(decision.held.dropFirst().map(\.hold.code) == ["behind", "behind", "behind"])
        #expect(decision.ready.filter { $0.shard == "s1" }.map(\.step.object) == ["view:free"])
        #expect(decision.ready.filter { $0.shard == "s0" }.count == steps.count - 1)

        // Drift that stays holds nothing.
        let drifted = sampleStep(cause: PlanCause(kind: .liveChanged))
        // Nor does a table that stays for now, whatever the plan says of it.
        let dropped = sampleStep(to: nil, hazard: .irreversible, kind: .drop)
        for stays in [drifted, dropped] {
            decision = try decide([stays] + steps.dropFirst())
            decision.holdDependentObjects()
            #expect(decision.held.map(\.step.object) == ["orders"])
            #expect(decision.ready.count == 2 * (steps.count - 1))
        }
    }
}
