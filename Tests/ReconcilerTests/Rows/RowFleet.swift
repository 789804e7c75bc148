import Desired
import Diff
import Foundation
import Ledger
import Model
import Reports
import Schema

@testable import Reconciler
@testable import TestSupport

/// Schema changes of tables with rows, in one schema repository: each case is a namespace with a
/// shard of its own, and one pass makes them all.
final class RowFleet {
    struct Member {
        let label: String
        /// The text of the only schema file.
        let desired: String
        let database: String
    }

    let kind: TestServer.Kind
    let fixture: ImportFixture
    private(set) var members: [Member] = []
    /// A key of every namespace beside those of all tests, such as `old_temporals: rebuild`.
    var setting: String?
    private var context: ReconcileContext?
    private var ownDatabases: [String] = []

    init(_ kind: TestServer.Kind, on server: TestServer? = nil) throws {
        self.kind = kind
        fixture = try ImportFixture(on: server ?? TestServer.shared(kind))
    }

    /// Adds a case with an empty database; its tables are made by the caller.
    func add(_ label: String, desired: String) throws -> Member {
        let member = Member(label: label, desired: desired, database: try fixture.database())
        members.append(member)
        return member
    }

    /// A database beside the shards.
    func scratch() throws -> String {
        let name = try fixture.server.freshDatabase()
        ownDatabases.append(name)
        return name
    }

    func connect(to database: String) throws -> MySQLClient.Connection {
        try fixture.server.connect(database: database)
    }

    func clear() throws {
        for name in members.map(\.database) + ownDatabases {
            try fixture.root.execute("DROP DATABASE \(SQL.identifier(name))")
        }
    }

    /// The namespace of a member.
    func namespace(_ place: Int) -> String { "p\(place)" }

    // MARK: Passes

    func commit() throws {
        for (place, member) in members.enumerated() {
            try fixture.write(member.desired + "\n", to: "schema/p\(place)/tables.sql")
        }
        try fixture.write(fleetFile, to: "plumb.yaml")
        try fixture.commit("Change")
    }

    private var fleetFile: String {
        let namespaces = members.enumerated().map { place, member in
            """
              p\(place):
                schema: schema/p\(place)
                prune: all\(setting.map { "\n    \($0)" } ?? "")
                shards: [{name: s, host: "\(fixture.server.address)", database: \(member.database)}]
            """
        }
        let names = members.indices.map { "p\($0)" }.joined(separator: ", ")
        return """
            version: 1
            namespaces:
            \(namespaces.joined(separator: "\n"))
            environments:
              production: {namespaces: [\(names)], connection: {user: root, tls: {mode: disabled}}}
            policy:
              approve: [lossy, irreversible]
              approvers: {minimum: 1, not_author: false}
              rollout: {on_failure: continue}
              limits: {drops_per_plan: 1000}
            ledger: "file:../ledger.git"

            """
    }

    private func session() throws -> PassContext {
        let session = try PassContext.open(fixture.pass, PassHooks(), context: context)
        context = session.context
        return session
    }

    func plan() throws -> PlanReport { try PlanPass(pass: session()).run() }

    /// Approves whatever the plan waits for, and runs it.
    func reconcile() throws -> ReconcileReport {
        let session = try session()
        let plan = try PlanPass(pass: session).run()
        if plan.steps.contains(where: \.needsApproval) {
            _ = try Decisions(session: session.ledgerSession).record(
                .init(
                    decision: .approve, digests: [],
                    approver: LedgerActor(name: "Eve", email: "Eve"), reason: "known"))
        }
        return try ReconcilePass(pass: session).run()
    }
}
