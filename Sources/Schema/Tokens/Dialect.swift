/// The properties of a server and session that decide how SQL text is cut into tokens.
package struct Dialect: Hashable, Sendable {
    package let flavour: ServerProfile.Flavour
    /// As version comments write it, two digits per part: 101119 for 10.11.19, 90704 for 9.7.4.
    package let versionID: Int
    package let quoting: Quoting

    /// The SQL modes that decide where strings and quoted names end.
    package struct Quoting: Hashable, Sendable {
        /// Whether `"…"` is a name, not a string: `ANSI_QUOTES`, or a mode that includes it.
        package let hasANSIQuotes: Bool
        /// Whether a backslash in a string is an ordinary character: `NO_BACKSLASH_ESCAPES`.
        package let hasNoBackslashEscapes: Bool

        /// - Parameter sqlMode: the session's value, separated by commas.
        package init(sqlMode: String) {
            let modes = Set(sqlMode.uppercased().split(separator: ",").map(String.init))
            hasANSIQuotes = !modes.isDisjoint(with: Dialect.modesWithANSIQuotes)
            hasNoBackslashEscapes = modes.contains("NO_BACKSLASH_ESCAPES")
        }

        /// The quoting of every server's default SQL mode.
        package static let usual = Quoting(sqlMode: "")

        /// SQL modes that give the other three combinations.
        package static let otherModes = [
            "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
        ]
    }

    /// - Parameter sqlMode: the session's value, separated by commas.
    package init(flavour: ServerProfile.Flavour, versionID: Int, sqlMode: String = "") {
        self.flavour = flavour
        self.versionID = versionID
        quoting = Quoting(sqlMode: sqlMode)
    }

    /// The dialect of a server, under its own SQL mode unless another one is given.
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

    /// Whether Plumb cannot cut text into tokens under the mode: `MSSQL`, with names in brackets.
    package static func isUnreadable(sqlMode: String) -> Bool {
        sqlMode.uppercased().split(separator: ",").contains("MSSQL")
    }
}

/// The opening of an executable comment, `/*!80023` or `/*M!100301`. See
/// https://dev.mysql.com/doc/refman/8.4/en/comments.html.
///
/// A server runs its content as code, or skips it, by the version.
struct VersionComment {
    /// `/*M!` and no `/*!`.
    let isMariaDB: Bool
    /// The five or six digits behind the mark; nil where there are fewer.
    let version: Int?
    /// The length of the mark in bytes, version included.
    let length: Int

    /// Reads the mark at `start`; nil where no executable comment begins there.
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
    /// How a server treats an executable comment.
    enum Treatment {
        /// It runs the content as code.
        case runs
        /// It skips the comment up to its end; one comment may be nested in it.
        case skips
        /// It treats it as an ordinary comment.
        case comment
    }

    /// Follows the servers' own lexers: MariaDB skips `/*!` comments for MySQL 5.7 and later, and
    /// to MySQL `/*M!` is an ordinary comment.
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
