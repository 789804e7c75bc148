import Schema

/// Whether a server takes changes.
package enum ReadOnlyState: Hashable, Sendable {
    case writable
    /// It takes those of accounts with a privilege of their own only, as a replica does.
    case privileged(setting: String)
    /// It takes none at all.
    case closed(setting: String)

    /// Asks the server, in one round trip.
    package init(on connection: Connection) throws(MySQLError) {
        let names = Self.settings.map(SQL.literal).joined(separator: ", ")
        let rows = try connection.query("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(names))")
        self.init(
            Dictionary(
                rows.map { ($0[0]?.lowercased() ?? "", $0[1] ?? "") }, uniquingKeysWith: { $1 }))
    }

    /// - Parameter variables: the server's settings by name; what else is among them is left alone.
    package init(_ variables: [String: String]) {
        // The strictest first. What is not known here is taken for the worst.
        for name in Self.settings.reversed() where name != "read_only" {
            if let value = variables[name], !Self.isOff(value) {
                self = .closed(setting: "\(name)=\(value)")
                return
            }
        }
        switch variables["read_only"]?.uppercased() {
        case nil: self = .closed(setting: "read_only is not shown")
        case "OFF", "0": self = .writable
        // MariaDB 12 has values between: who holds the privilege is let through by the second.
        case let value? where ["ON", "1", "NO_LOCK"].contains(value):
            self = .privileged(setting: "read_only=\(value)")
        case let value?: self = .closed(setting: "read_only=\(value)")
        }
    }

    private static let settings = ["read_only", "super_read_only", "innodb_read_only"]

    private static func isOff(_ value: String) -> Bool {
        ["OFF", "0", ""].contains(value.uppercased())
    }

    /// What the server says of itself, `read_only=ON`; nil where it takes changes.
    package var setting: String? {
        switch self {
        case .writable: nil
        case .privileged(let setting), .closed(let setting): setting
        }
    }
}
