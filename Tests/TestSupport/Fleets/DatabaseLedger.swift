import Foundation

/// A ledger in a database of a server, and its own account there.
package struct DatabaseLedger {
    package let server: TestServer
    /// The schema of the tables, which Plumb makes.
    package let database: String
    package let user: String
    package let password: String?

    /// - Parameter password: nil for the administrator, who has none.
    package init(on server: TestServer, password: String? = nil) throws {
        self.server = server
        self.password = password
        let free = try server.freshDatabase()
        try server.connect().execute("DROP DATABASE \(free)")
        database = "\(free)_ledger"
        user = password == nil ? "root" : "l_\(free)"
        guard let password else { return }
        try server.connect().execute("CREATE USER '\(user)'@'%' IDENTIFIED BY '\(password)'")
        try server.connect().execute("GRANT ALL ON `\(database)`.* TO '\(user)'@'%'")
    }

    /// The location, with the socket of the server.
    package var place: String { place(at: server.address.description) }

    package func place(at hosts: String) -> String { "mysql://\(user)@\(hosts)/\(database)" }

    @discardableResult
    package func sql(_ statement: String) throws -> [Row] {
        try server.connect(database: database).query(statement)
    }
}

extension FleetFixture {
    /// Keeps the ledger in a database from here on.
    ///
    /// - Parameter connection: what stands under `connection` of the ledger.
    @discardableResult
    package func keepLedgerInDatabase(
        on other: TestServer? = nil, password: String? = nil, connection: String? = nil
    ) throws -> DatabaseLedger {
        let ledger = try DatabaseLedger(on: other ?? server, password: password)
        let account = connection.map { ", connection: \($0)" } ?? ""
        file.ledgerLine = "{location: \"\(ledger.place)\"\(account)}"
        try commit("Keep the ledger in a database")
        return ledger
    }
}
