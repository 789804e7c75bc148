/// How a server compares the names of databases, tables, views and sequences: its system variable
/// `lower_case_table_names`.
///
/// The variable says nothing of columns, indexes and constraints. See
/// https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html.
package enum NameFolding: Hashable, Sendable {
    /// 0: compared byte by byte; `Customers` and `customers` are two tables.
    case bytes
    /// 1: stored and compared in lower case.
    case lowerCase
    /// 2: stored in the letter case of the `CREATE` statement, compared in lower case. Plumb puts
    /// what it reads from such a server into lower case: no statement changes the stored case.
    case asGiven

    /// - Parameter setting: the variable's value. An unknown one counts as 2, so that two names
    ///   which may be one object are never taken for two.
    package init(setting: String) {
        switch setting {
        case "0": self = .bytes
        case "1": self = .lowerCase
        default: self = .asGiven
        }
    }

    /// The folding of the server that the profile describes: 0 where it has no such setting.
    package init(_ profile: ServerProfile) {
        self.init(setting: profile.settings[Self.variable, default: "0"])
    }

    /// The system variable's name.
    package static let variable = "lower_case_table_names"

    /// The name of a database, table, view or sequence as Plumb knows it on that server: in lower
    /// case unless the server compares bytes.
    package func stored(_ name: String) -> String {
        self == .bytes ? name : Self.lowered(name)
    }

    /// The name of any object as Plumb knows it on that server: triggers, routines and events keep
    /// their letter case on every server.
    package func stored(_ object: ObjectName) -> ObjectName {
        object.kind.sharesTableNames ? ObjectName(object.kind, stored(object.name)) : object
    }

    /// ``stored(_:)-(ObjectName)`` of an encoded name.
    package func stored(encoded: String) -> String {
        self == .bytes ? encoded : stored(ObjectName(encoded: encoded)).encoded
    }

    /// A key that is equal for two names of one kind where the server takes them for one object.
    ///
    /// Names of routines and events are compared regardless of letter case on every server, those
    /// of triggers on MySQL.
    package func key(_ object: ObjectName, on flavour: ServerProfile.Flavour) -> ObjectName {
        switch object.kind {
        case .table, .view, .sequence: return stored(object)
        case .procedure, .function, .event: break
        case .trigger: if self == .bytes, flavour == .mariadb { return object }
        }
        return ObjectName(object.kind, Self.lowered(object.name))
    }

    /// The key that tells most names apart: ``key(_:on:)`` of a server that compares bytes. Names
    /// that are equal by it are one object on every server.
    package static func strictestKey(_ object: ObjectName) -> ObjectName {
        NameFolding.bytes.key(object, on: .mariadb)
    }

    // MARK: Letters

    /// The name in lower case, as the servers compute it.
    ///
    /// They know the letters of Unicode 3.0 and map one letter to one letter: `ẞ` and `Ꭰ` stay as
    /// they are, a final sigma stays one, and `İ` becomes `i`.
    package static func lowered(_ name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(decoding: name.utf8.map(lowered), as: UTF8.self)
        }
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars { result.append(lowered(scalar)) }
        return String(result)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }

    private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar == "\u{130}" { return "i" }
        let mapped = scalar.properties.lowercaseMapping.unicodeScalars
        guard let letter = mapped.first, mapped.count == 1, isKnown(scalar), isKnown(letter) else {
            return scalar
        }
        return letter
    }

    /// Whether the servers know the letter: one of Unicode 3.0 in the basic multilingual plane.
    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value <= 0xFFFF, let age = scalar.properties.age else { return false }
        return age.major < 3 || age.major == 3 && age.minor == 0
    }
}

extension ObjectName.Kind {
    /// Whether objects of this kind share one namespace with tables.
    package var sharesTableNames: Bool {
        switch self {
        case .table, .view, .sequence: true
        case .procedure, .function, .trigger, .event: false
        }
    }
}
