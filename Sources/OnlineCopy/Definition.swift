import MySQLClient
import Schema

/// The definitions of tables as their server prints them.
enum Definition {
    /// The table of that name, whose definition is understood to the last byte.
    static func read(_ name: String, on session: CopySession) throws(CopyFailure) -> Table {
        let rows = try session.query("SHOW CREATE TABLE \(SQL.identifier(name))")
        guard let text = rows.first?.bytes(1) else {
            throw .moved("the table \(SQL.identifier(name)) is gone")
        }
        let table = text.withUnsafeBufferPointer {
            CatalogTable(showCreate: $0, flavour: session.job.flavour)
        }
        guard let model = table.table else {
            throw .stopped(table.unsupported ?? "\(SQL.identifier(name)) is no table")
        }
        return model
    }

    /// Whether the table of that name is defined as `table`; its own name and its next number do
    /// not count.
    static func isThere(
        _ table: Table, as name: String, on session: CopySession
    ) throws(CopyFailure) -> Bool {
        var found = try read(name, on: session)
        var wanted = table.named(name, flavour: session.job.flavour)
        found.autoIncrement = nil
        wanted.autoIncrement = nil
        if session.job.flavour == .mysql {
            // Printed in the order of their names, of which some have the table's.
            found.checks.sort { $0.name < $1.name }
            wanted.checks.sort { $0.name < $1.name }
        }
        return found == wanted
    }
}

extension Table {
    /// The table under another name.
    ///
    /// On MySQL the checks that were given no name have that of the table and a number, and get
    /// the table's new name whenever it gets one.
    func named(_ name: String, flavour: ServerProfile.Flavour) -> Table {
        var table = self
        table.name = name
        guard flavour == .mysql else { return table }
        for place in checks.indices {
            guard let number = checkNumber(checks[place].name) else { continue }
            table.checks[place].name = "\(name)_chk_\(number)"
        }
        return table
    }

    /// The number of a check that MySQL gave its name; nil where it has one of its own.
    func checkNumber(_ check: String) -> Int? {
        let start = name + "_chk_"
        guard check.hasPrefix(start) else { return nil }
        let digits = check.dropFirst(start.count)
        return Int(digits).flatMap { String($0) == digits ? $0 : nil }
    }
}
