import Schema

/// Whether a server accepts changes.
package enum ReadOnlyState: Hashable, Sendable {
    /// It accepts them from every account.
    case writable
    /// Only accounts with an administrative privilege may change data, as on a replica.
    case readOnlyForMost(setting: String)
    /// Nobody may change data.
    case readOnlyForAll(setting: String)

    /// Reads the state from the server, in one round trip.
    package init(on connection: Connection) throws(MySQLError) {
        self.init(answer: try connection.query(Self.question))
    }

    /// What a server is asked right before each change: for `SHOW GLOBAL VARIABLES` it would list
    /// all of its variables each time.
    ///
    /// MariaDB, which has no `super_read_only`, skips comments of MySQL 5.7 and later.
    package static let question =
        "SELECT @@global.read_only, @@global.innodb_read_only "
        + "/*!50700 , @@global.super_read_only */"

    /// - Parameter rows: the answer to `question`.
    package init(answer rows: [Row]) {
        var variables: [String: String] = [:]
        for (place, name) in ["read_only", "innodb_read_only", "super_read_only"].enumerated() {
            guard let row = rows.first, place < row.count else { continue }
            variables[name] = row[place].map(Self.shown) ?? "NULL"
        }
        self.init(variables)
    }

    /// A value as `SHOW VARIABLES` has it: a query gives numbers for those that are on or off.
    private static func shown(_ value: String) -> String {
        switch value {
        case "0": "OFF"
        case "1": "ON"
        default: value
        }
    }

    /// - Parameter variables: the server's variables by name; others among them are ignored.
    package init(_ variables: [String: String]) {
        // The strictest setting first. An unknown value counts as the strictest.
        for name in Self.settings.reversed() where name != "read_only" {
            if let value = variables[name], !Self.isOff(value) {
                self = .readOnlyForAll(setting: "\(name)=\(value)")
                return
            }
        }
        switch variables["read_only"]?.uppercased() {
        case nil: self = .readOnlyForAll(setting: "read_only is not shown")
        case "OFF", "0": self = .writable
        // MariaDB 12 has more values; with these, accounts with the privilege may change data.
        case let value? where ["ON", "1", "NO_LOCK"].contains(value):
            self = .readOnlyForMost(setting: "read_only=\(value)")
        case let value?: self = .readOnlyForAll(setting: "read_only=\(value)")
        }
    }

    private static let settings = ["read_only", "super_read_only", "innodb_read_only"]

    private static func isOff(_ value: String) -> Bool {
        ["OFF", "0", ""].contains(value.uppercased())
    }

    /// The setting that is responsible, `read_only=ON`; nil where the server accepts changes.
    package var setting: String? {
        switch self {
        case .writable: nil
        case .readOnlyForMost(let setting), .readOnlyForAll(let setting): setting
        }
    }
}
