import Desired
import Foundation
import Ledger
import Reports
import Testing

@testable import Reconciler
@testable import TestSupport

/// A schema repository with many namespaces, each with one shard of its own, and passes over it
/// that keep what a process keeps between them.
///
/// The namespaces are `p0`, `p1`, … with the folders `schema/p0`, `schema/p1`, …
final class NamespaceFleet {
    let fixture: ImportFixture
    private var context: ReconcileContext?

    init(on server: TestServer) throws { fixture = try ImportFixture(on: server) }

    /// Writes the fleet file.
    ///
    /// - Parameters:
    ///   - databases: the shard of each namespace.
    ///   - keys: of every namespace, such as `prune: all`.
    ///   - approve: the hazards that wait for an approval.
    func write(databases: [String], keys: [String], approve: String) throws {
        let namespaces = databases.enumerated().map { place, database in
            """
              p\(place):
                schema: schema/p\(place)
                \(keys.joined(separator: "\n    "))
                shards: [{name: s, host: "\(fixture.server.address)", database: \(database)}]
            """
        }
        let names = databases.indices.map { "p\($0)" }.joined(separator: ", ")
        try fixture.write(
            """
            version: 1
            namespaces:
            \(namespaces.joined(separator: "\n"))
            environments:
              production: {namespaces: [\(names)], connection: {user: root, tls: {mode: disabled}}}
            policy:
              approve: [\(approve)]
              approvers: {minimum: 1, not_author: false}
              rollout: {on_failure: continue}
              limits: {drops_per_plan: 1000}
            ledger: "file:../ledger.git"

            """, to: "plumb.yaml")
    }

    func passContext() throws -> PassContext {
        let pass = try PassContext.open(fixture.pass, PassHooks(), context: context)
        context = pass.context
        return pass
    }

    /// Approves whatever the plan waits for, and runs it.
    func reconcile() throws -> ReconcileReport {
        let pass = try passContext()
        let plan = try PlanPass(pass: pass).run()
        try requireReadable(plan.plan)
        if plan.steps.contains(where: \.needsApproval) {
            _ = try DecisionRecorder(session: pass.ledgerSession).record(
                .init(
                    decision: .approve, digests: [],
                    approver: LedgerActor(name: "Eve", email: "Eve"), reason: "known"))
        }
        return try ReconcilePass(pass: pass).run()
    }
}
