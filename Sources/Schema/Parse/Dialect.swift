/// How a server cuts SQL text into tokens, as far as servers and sessions differ in it.
package struct Dialect: Hashable, Sendable {
    package let flavour: ServerProfile.Flavour
    /// Two digits for each part behind the first: 101119 for 10.11.19, 90704 for 9.7.4.
    package let versionID: Int
    package let quoting: Quoting

    /// Where strings and quoted names end.
    package struct Quoting: Hashable, Sendable {
        /// Whether `"…"` is a name and no string: SQL mode `ANSI_QUOTES`, and those that include it.
        package let hasANSIQuotes: Bool
        /// Whether a backslash in a string is a character like any other: `NO_BACKSLASH_ESCAPES`.
        package let hasNoBackslashEscapes: Bool

        /// - Parameter sqlMode: as the session has it; separated by commas.
        package init(sqlMode: String) {
            let modes = Set(sqlMode.uppercased().split(separator: ",").map(String.init))
            hasANSIQuotes = !modes.isDisjoint(with: Dialect.modesWithANSIQuotes)
            hasNoBackslashEscapes = modes.contains("NO_BACKSLASH_ESCAPES")
        }

        /// That of a server whose mode nobody changed.
        package static let usual = Quoting(sqlMode: "")

        /// A mode for each other way to cut text into tokens.
        package static let otherModes = [
            "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
        ]
    }

    /// - Parameter sqlMode: as the session has it; separated by commas.
    package init(flavour: ServerProfile.Flavour, versionID: Int, sqlMode: String = "") {
        self.flavour = flavour
        self.versionID = versionID
        quoting = Quoting(sqlMode: sqlMode)
    }

    /// The dialect of a server, in its own SQL mode unless another one is said.
    package init(_ profile: ServerProfile, sqlMode: String? = nil) {
        let parts = profile.version.split(separator: ".").map { Int($0) ?? 0 }
        let padded = Array((parts + [0, 0, 0]).prefix(3))
        self.init(
            flavour: profile.flavour, versionID: padded[0] * 10_000 + padded[1] * 100 + padded[2],
            sqlMode: sqlMode ?? profile.sqlMode)
    }

    fileprivate static let modesWithANSIQuotes: Set = [
        "ANSI_QUOTES", "ANSI", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB",
    ]

    /// The modes under which text cannot be cut into tokens here: names in square brackets.
    package static func isUnreadable(sqlMode: String) -> Bool {
        sqlMode.uppercased().split(separator: ",").contains("MSSQL")
    }
}

/// The beginning of an executable comment, whose content is live syntax on some servers.
struct VersionComment {
    /// `/*M!` and no `/*!`.
    let isMariaDB: Bool
    /// What stands as five or six digits behind the mark; nil where fewer do.
    let version: Int?
    /// How many bytes the mark has, with its version.
    let length: Int

    /// Reads what stands at `start`; nil where no executable comment begins there.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        func byte(_ offset: Int) -> UInt8? {
            start + offset < bytes.count ? bytes[start + offset] : nil
        }
        guard byte(0) == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") else { return nil }
        isMariaDB = byte(2) == UInt8(ascii: "M") && byte(3) == UInt8(ascii: "!")
        guard isMariaDB || byte(2) == UInt8(ascii: "!") else { return nil }
        let mark = isMariaDB ? 4 : 3
        var digits = 0
        while digits < 6, byte(mark + digits)?.isDigit == true { digits += 1 }
        guard digits >= 5 else {
            version = nil
            length = mark
            return
        }
        version = (mark..<mark + digits).reduce(0) { number, offset in
            number * 10 + Int((byte(offset) ?? 0x30) - 0x30)
        }
        length = mark + digits
    }
}

extension Dialect {
    /// What a server does with an executable comment.
    enum Treatment {
        /// Its content is live.
        case runs
        /// It is skipped, up to its end; one comment may stand within it.
        case skips
        /// It is a comment like any other.
        case comment
    }

    /// As the servers' own lexers decide: MariaDB leaves out what is meant for MySQL from 5.7 on,
    /// and MySQL does not know MariaDB's mark.
    func treatment(of comment: VersionComment) -> Treatment {
        switch flavour {
        case .mysql:
            if comment.isMariaDB { return .comment }
            guard let version = comment.version else { return .runs }
            return version <= versionID ? .runs : .skips
        case .mariadb:
            guard let version = comment.version else { return .runs }
            let isForMySQL = !comment.isMariaDB && (50_700...99_999).contains(version)
            return version <= versionID && !isForMySQL ? .runs : .skips
        }
    }
}
