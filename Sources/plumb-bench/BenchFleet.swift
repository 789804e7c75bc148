import Foundation
import Ledger
import Observed
import Reconciler
import Schema

/// The benchmark's fleet, and the folder with its schema repository and ledger.
struct BenchFleet {
    let folder: String
    let server: ServerAddress
    let shards: Int
    /// The start of the name of each database.
    var prefix = "bench_"
    var tables = FleetSchema.tables
    /// The pattern of its servers, where they are others than `server`.
    var hosts: String?
    /// The name of the ledger in the folder.
    var ledgerName = "ledger.git"

    var ledger: String { "\(folder)/\(ledgerName)" }

    var socket: String {
        switch server {
        case .socket(let path): path
        case .tcp: ""
        }
    }

    var tableCount: Int { shards * tables.count }

    /// `same` has the schema of all shards; the other branch changes one table.
    enum Branch: String, CaseIterable {
        case same, changed
    }

    /// Writes the schema repository, with a commit for each branch.
    func prepare() throws {
        try prepareSame()
        let orders = FleetSchema.Definition(
            name: FleetSchema.changed, sql: FleetSchema.changedSQL())
        try branch(.changed, changing: [orders], "orders: track refunds")
    }

    /// Writes the schema repository with the branch `same` alone.
    func prepareSame() throws {
        try FileManager.default.createDirectory(
            atPath: "\(sourceFolder)/schema/shop", withIntermediateDirectories: true)
        try Program.git(["init", "-q", "-b", Branch.same.rawValue, "."], in: sourceFolder)
        try write(fleetFile, to: "\(sourceFolder)/plumb.yaml")
        try commit(tables, "The schema of every shard")
    }

    /// Makes a branch on which these tables have another text.
    func branch(
        _ branch: Branch, changing changed: [FleetSchema.Definition], _ message: String
    ) throws {
        try Program.git(["checkout", "-q", "-b", branch.rawValue], in: sourceFolder)
        try commit(changed, message)
    }

    /// Commits the texts of these tables on the branch that is checked out.
    func commit(_ definitions: [FleetSchema.Definition], _ message: String) throws {
        for table in definitions {
            try write(table.sql + ";\n", to: "\(sourceFolder)/schema/shop/\(table.name).sql")
        }
        try commit(message)
    }

    /// The options of a pass over this fleet.
    func request(_ branch: Branch, mode: Observer.Mode) -> PassRequest {
        PassRequest(
            source: SourceRequest(
                location: .repository(folder: sourceFolder), reference: branch.rawValue),
            scope: DesiredStage.Scope(environment: nil, namespaces: nil, shards: []),
            ledger: ledger, folder: folder,
            actor: LedgerActor(name: "bench", email: "bench@localhost"), mode: mode)
    }

    private var sourceFolder: String { "\(folder)/source" }

    private var fleetFile: String {
        """
        version: 1
        namespaces:
          shop:
            schema: schema/shop
            shards:
              - pattern: "\(prefix){0000..\(FleetMaker.digits(shards - 1))}"
                hosts: ["\(hosts ?? "\(server)")"]
        environments:
          production:
            namespaces: [shop]
            connection: {user: root, tls: {mode: disabled}}

        """
    }

    private func commit(_ message: String) throws {
        try Program.git(["add", "-A"], in: sourceFolder)
        try Program.git(
            [
                "-c", "user.name=bench", "-c", "user.email=bench@localhost",
                "commit", "-q", "-m", message,
            ], in: sourceFolder)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
