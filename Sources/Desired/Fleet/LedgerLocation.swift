import Schema

/// Where the ledger is kept.
package enum LedgerLocation: Hashable, Sendable, CustomStringConvertible {
    /// A bare git repository; a relative path is relative to the current folder.
    case file(path: String)
    case mysql(user: String, server: ServerAddress, database: String)

    /// How long what is over may be kept in the ledger's tree: from a day to a hundred years.
    package static let retentionSeconds = 86_400...100 * 366 * 86_400

    static let standard = LedgerLocation.file(path: ".plumb/ledger.git")

    package var description: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .mysql(let user, let server, let database): "mysql://\(user)@\(server)/\(database)"
        }
    }
}

extension LedgerLocation {
    enum Fault: Error {
        case password
        case other(String)
    }

    /// Reads `file:path` or `mysql://user@host:3306/database`.
    init(_ text: String) throws(Fault) {
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
        self = try Self.mysql(text.dropFirst(8))
    }

    private static func mysql(_ rest: Substring) throws(Fault) -> LedgerLocation {
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
        guard !user.isEmpty, !database.isEmpty, !database.contains("?"),
            let server = ServerAddress(String(target[..<slash]))
        else {
            throw .other("the ledger is not `mysql://user@host:port/database`")
        }
        return .mysql(user: String(user), server: server, database: String(database))
    }
}
