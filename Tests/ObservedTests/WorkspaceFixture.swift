import Diff
import Testing

@testable import Observed
@testable import TestSupport

/// A workspace on the shared server, with names that no other test sweeps.
struct WorkspaceFixture {
    let server: TestServer
    let pool: ConnectionPool
    let catalog = ObjectCatalog()
    let prefix = "_ws_\(UInt32.random(in: 0 ..< .max))"
    let profile: ServerProfile

    init(
        _ kind: TestServer.Kind = .mariadb1011, characterSet: String = "latin1",
        collation: String = "latin1_swedish_ci"
    ) throws {
        let server = try TestServer.shared(kind)
        self.server = server
        pool = ConnectionPool(limitPerServer: 4) { _ in server.settings }
        var profile = try server.connect().profile(database: "information_schema")
        profile.characterSet = characterSet
        profile.collation = collation
        self.profile = profile
    }

    func use<Value>(
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        try Workspace.use(
            on: server.address, pool: pool, catalog: catalog, profile: profile, prefix: prefix,
            body)
    }

    func normalise(_ texts: [String]) throws -> [String: CatalogTable] {
        try use { workspace throws(WorkspaceError) in
            try workspace.normalise(WorkspaceFixture.tables(texts))
        }
    }

    /// The databases with this fixture's prefix.
    func leftOvers() throws -> [String] {
        try server.connect().query("SHOW DATABASES LIKE \(SQL.literal(prefix + "%"))")
            .compactMap { $0[0] }
    }

    /// `CREATE TABLE name …` each, as files of one line.
    static func tables(_ texts: [String]) -> [TableToNormalise] {
        texts.map { text in
            let name = text.split(separator: " ").dropFirst(2).first.map(String.init) ?? ""
            return TableToNormalise(
                name: name, text: text,
                location: SourceLocation(file: "schema/\(name).sql", line: 3, column: 1))
        }
    }

    /// Proves what the differ makes of two texts of one table.
    func prove(
        _ from: String, _ to: String, parents: [String] = []
    ) throws -> Proof {
        let parents = try Array(normalise(parents).values)
        return try prove(normal(from, parents), normal(to, parents), parents: parents)
    }

    func prove(
        _ from: CatalogTable, _ to: CatalogTable, parents: [CatalogTable] = [],
        alterations: [Alteration]? = nil
    ) throws -> Proof {
        let old = try #require(from.table)
        let new = try #require(to.table)
        let change = ChangeToProve(
            from: from, to: to, table: old.name,
            alterations: try alterations
                ?? TableDiff.changes(
                    from: old, to: new, flavour: profile.flavour),
            parents: parents)
        return try use { workspace throws(WorkspaceError) in try workspace.prove(change) }
    }

    /// One table as the server writes it back, with its parents beside it.
    func normal(_ text: String, _ parents: [CatalogTable] = []) throws -> CatalogTable {
        let table = WorkspaceFixture.tables([text])[0]
        let others = parents.map { parent in
            TableToNormalise(
                name: parent.table?.name ?? "", text: parent.text, location: table.location)
        }
        let tables = try use { workspace throws(WorkspaceError) in
            try workspace.normalise(others + [table])
        }
        return try #require(tables[table.name])
    }
}
