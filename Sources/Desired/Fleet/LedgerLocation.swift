import Schema

/// Where the ledger is kept.
package enum LedgerLocation: Hashable, Sendable, CustomStringConvertible {
    /// A bare git repository; a relative path is relative to the current folder.
    case file(path: String)
    /// Tables in a schema of a MySQL or MariaDB server.
    case mysql(LedgerDatabase)

    /// How long what is over may be kept in the ledger's tree: from a day to a hundred years.
    package static let retentionSeconds = 86_400...100 * 366 * 86_400

    static let standard = LedgerLocation.file(path: ".plumb/ledger.git")

    package var description: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .mysql(let database): database.description
        }
    }
}

/// A schema on one or several servers that all have the same data, and who logs in there.
package struct LedgerDatabase: Hashable, Sendable, CustomStringConvertible {
    package let user: String
    /// At least one; they are tried in this order.
    package let servers: [ServerAddress]
    /// The name of the schema.
    package let name: String

    /// The location as it is written, with the ports.
    package var description: String {
        "mysql://\(user)@\(servers.map(\.description).joined(separator: ","))/\(name)"
    }

    /// The most servers that one location names.
    package static let mostServers = 16
}

extension LedgerLocation {
    /// Why a text is no location. What may be a secret in it is never repeated.
    package enum Fault: Error {
        case password
        case other(String)

        /// What is wrong, with `what` as the name of the text.
        package func message(_ what: String) -> String {
            switch self {
            case .password: "\(what) has a password in it"
            case .other(let message): message
            }
        }
    }

    /// How a location is written, for remedies.
    package static let form = "`file:path` or `mysql://user@host:3306,host:3306/database`"

    /// Reads `file:path` or `mysql://user@host:3306,[v6]:3306/database`; without a port it is 3306,
    /// and `unix:/path` names a socket.
    package init(_ text: String) throws(Fault) {
        if text.hasPrefix("file:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty, !path.hasPrefix("//") else {
                throw .other("`file:` needs the path of a folder behind it, without `//`")
            }
            self = .file(path: path)
            return
        }
        guard text.hasPrefix("mysql://") else {
            throw .other("the ledger must start with `file:` or `mysql://`")
        }
        self = .mysql(try LedgerDatabase(url: text.dropFirst(8)))
    }
}

extension LedgerDatabase {
    /// Reads what stands behind `mysql://`.
    init(url rest: Substring) throws(LedgerLocation.Fault) {
        guard let at = rest.lastIndex(of: "@") else {
            throw .other("the ledger has no `user@`")
        }
        let user = rest[..<at]
        guard !user.contains(":") else { throw .password }
        let target = rest[rest.index(after: at)...]
        guard let slash = target.lastIndex(of: "/") else {
            throw .other("the ledger has no `/database`")
        }
        let database = target[target.index(after: slash)...]
        let servers = target[..<slash].split(separator: ",", omittingEmptySubsequences: false)
            .map { ServerAddress(String($0)) }
        // A `/` in the user begins a database in other URLs: what follows may be a password.
        guard !user.isEmpty, !user.contains("/"), !database.isEmpty,
            !database.contains(where: { "?#%".contains($0) }), !servers.contains(nil)
        else { throw .other("the ledger is not `mysql://user@host:port/database`") }
        self.init(
            user: String(user), servers: servers.compactMap(\.self), name: String(database))
        try check()
    }

    private func check() throws(LedgerLocation.Fault) {
        guard servers.count <= LedgerDatabase.mostServers else {
            throw .other("the ledger has more than \(LedgerDatabase.mostServers) hosts")
        }
        if let twice = servers.first(where: { server in
            servers.filter { $0 == server }.count > 1
        }) {
            throw .other("the ledger names \(twice) twice")
        }
        guard !Self.systemSchemas.contains(name.lowercased()) else {
            throw .other("the ledger's database `\(name)` is the server's own")
        }
        guard name.utf8.count <= 64, user.utf8.count <= 128, !NameCheck.isUnfit(user + name) else {
            throw .other("the ledger's user or database is no name that a server takes")
        }
    }

    private static let systemSchemas: Set<String> = [
        "mysql", "information_schema", "performance_schema", "sys",
    ]

    /// Whether the account of `other` may be used here: the same user, and no server that is not
    /// among its own.
    package func isReached(asIn other: LedgerDatabase) -> Bool {
        user == other.user && Set(servers).isSubset(of: other.servers)
    }
}
