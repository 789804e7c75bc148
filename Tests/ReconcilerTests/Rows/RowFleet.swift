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
    private let fleet: NamespaceFleet
    var fixture: ImportFixture { fleet.fixture }
    private(set) var members: [Member] = []
    /// A key of every namespace beside those of all tests, such as `old_temporals: rebuild`.
    var setting: String?
    private var ownDatabases: [String] = []

    init(_ kind: TestServer.Kind, on server: TestServer? = nil) throws {
        self.kind = kind
        fleet = try NamespaceFleet(on: server ?? TestServer.shared(kind))
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
        try fleet.write(
            databases: members.map(\.database), keys: ["prune: all"] + (setting.map { [$0] } ?? []),
            approve: "lossy, irreversible")
        try fixture.commit("Change")
    }

    func plan() throws -> PlanReport { try PlanPass(pass: fleet.passContext()).run() }

    /// Approves whatever the plan waits for, and runs it.
    func reconcile() throws -> ReconcileReport { try fleet.reconcile() }
}
