import Schema

/// The privileges of an account, read from `SHOW GRANTS` for it and its active roles.
struct Grants: Sendable, Hashable {
    /// The level at which a privilege is held.
    enum Scope: Sendable, Hashable {
        case global
        /// A name, or a `LIKE` pattern with `\` as the escape.
        case database(String)
        case table(database: String, table: String)
        case procedure(database: String, name: String)
        case routine
    }

    struct Entry: Sendable, Hashable {
        /// The account or role that holds it, as the server prints it.
        let grantee: String
        let scope: Scope
        /// In upper case; empty with `isAll`.
        let privileges: Set<String>
        /// `ALL PRIVILEGES`.
        let isAll: Bool
        /// Privileges on some columns only; they do not count for the table.
        let onColumns: Set<String>

        func gives(_ privilege: String) -> Bool { isAll || privileges.contains(privilege) }
    }

    private(set) var entries: [Entry] = []
    /// MySQL's partial revokes (`partial_revokes`): exceptions from global privileges, by database.
    private(set) var revoked: [Entry] = []
    /// The roles that were granted, as printed; their privileges count only where they are printed
    /// too.
    private(set) var roles: [String] = []
    /// Lines that were not understood.
    private(set) var unread: [String] = []

    init(_ lines: [String]) {
        for line in lines {
            var reader = GrantReader(line)
            switch reader.statement() {
            case .grant(let entry): entries.append(entry)
            case .revoke(let entry): revoked.append(entry)
            case .role(let names): roles += names
            case nil: unread.append(line)
            }
        }
    }

    /// Whether `privilege` is held on the whole of a database called `name`.
    ///
    /// - Parameter foldsCase: whether the server compares names of databases in lower case.
    func holds(_ privilege: String, on name: String, foldsCase: Bool = false) -> Bool {
        let database = foldsCase ? name.lowercased() : name
        let isRevoked = revoked.contains { entry in
            guard entry.gives(privilege), case .database(let other) = entry.scope else {
                return false
            }
            return other == database
        }
        if holdsGlobally(privilege), !isRevoked { return true }
        // For each account or role only the most specific entry for the database counts.
        return Dictionary(grouping: entries, by: \.grantee).values.contains { own in
            mostSpecific(own, for: database, foldsCase: foldsCase)
                .contains { $0.gives(privilege) }
        }
    }

    /// Whether `privilege` is held on every database.
    func holdsGlobally(_ privilege: String) -> Bool {
        entries.contains { $0.scope == .global && $0.gives(privilege) }
    }

    /// Whether `privilege` is held on one table of a database.
    func holds(_ privilege: String, onTable table: String, of database: String) -> Bool {
        holds(privilege, on: database)
            || entries.contains {
                $0.scope == .table(database: database, table: table) && $0.gives(privilege)
            }
    }

    /// Whether a procedure may be called. Names of routines are compared without letter case.
    func executes(_ procedure: String, of database: String, foldsCase: Bool) -> Bool {
        holds("EXECUTE", on: database, foldsCase: foldsCase)
            || entries.contains { entry in
                guard case .procedure(let own, let name) = entry.scope else { return false }
                let isSame = foldsCase ? own.lowercased() == database.lowercased() : own == database
                return isSame && name.lowercased() == procedure.lowercased()
                    && entry.gives("EXECUTE")
            }
    }

    /// Whether `privilege` is held on single tables or columns of the database.
    func holdsPartly(_ privilege: String, on database: String) -> Bool {
        entries.contains { entry in
            guard case .table(database, _) = entry.scope else { return false }
            return entry.gives(privilege) || entry.onColumns.contains(privilege)
        }
    }

    /// The entries with the pattern that the servers use for `database`.
    ///
    /// They sort patterns by the length of the text before the first wildcard and use the first one
    /// that matches.
    private func mostSpecific(
        _ entries: [Entry], for database: String, foldsCase: Bool
    ) -> [Entry] {
        var best: (literal: Int, pattern: String)?
        for case .database(let written) in entries.map(\.scope) {
            let pattern = foldsCase ? written.lowercased() : written
            // With `partial_revokes` on, patterns are plain names.
            let fits =
                revoked.isEmpty
                ? LikePattern.matches(database, pattern: pattern) : pattern == database
            guard fits else { continue }
            let literal = DatabasePattern.literalLength(pattern)
            if literal > best?.literal ?? -1 { best = (literal, written) }
        }
        guard let best else { return [] }
        return entries.filter { $0.scope == .database(best.pattern) }
    }
}

/// The patterns of database names in grants: `%`, `_`, and `\` as the escape character.
enum DatabasePattern {
    /// The length of the text before the first wildcard; the most for a pattern without one.
    static func literalLength(_ pattern: String) -> Int {
        let head = LikePattern.literalHead(of: pattern)
        return head.isWhole ? .max : head.text.unicodeScalars.count
    }

    /// A pattern that matches `name` and nothing else.
    static func escaped(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
