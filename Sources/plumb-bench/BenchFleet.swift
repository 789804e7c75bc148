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

    var socket: String {
        switch server {
        case .socket(let path): path
        case .tcp: ""
        }
    }

    var tableCount: Int { shards * FleetSchema.tables.count }

    /// `same` has the schema of all shards; the other branch changes one table.
    enum Branch: String, CaseIterable {
        case same, changed
    }

    /// Writes the schema repository, with a commit for each branch.
    func prepare() throws {
        let source = sourceFolder
        try FileManager.default.createDirectory(
            atPath: "\(source)/schema/shop", withIntermediateDirectories: true)
        try Program.git(["init", "-q", "-b", Branch.same.rawValue, "."], in: source)
        try write(fleetFile, to: "\(source)/plumb.yaml")
        for table in FleetSchema.tables {
            try write(table.sql + ";\n", to: "\(source)/schema/shop/\(table.name).sql")
        }
        try commit("The schema of every shard")
        try Program.git(["checkout", "-q", "-b", Branch.changed.rawValue], in: source)
        try write(
            FleetSchema.changedSQL() + ";\n",
            to: "\(source)/schema/shop/\(FleetSchema.changed).sql")
        try commit("orders: track refunds")
    }

    /// The options of a pass over this fleet.
    func request(_ branch: Branch, mode: Observer.Mode) -> PassRequest {
        PassRequest(
            source: SourceRequest(
                location: .repository(folder: sourceFolder), reference: branch.rawValue),
            scope: DesiredStage.Scope(environment: nil, namespaces: nil, shards: []),
            ledger: "\(folder)/ledger.git", folder: folder,
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
              - pattern: "bench_{0000..\(FleetMaker.database(shards - 1).dropFirst(6))}"
                hosts: ["\(server)"]
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
