/// How a server compares the names of databases, tables, views and sequences: its setting
/// `lower_case_table_names`.
///
/// Names of columns, indexes and constraints are compared in another way, which no setting changes.
package enum NameFolding: Hashable, Sendable {
    /// 0: by their bytes; `Customers` and `customers` are two tables.
    case bytes
    /// 1: kept in lower case, and compared so.
    case lowerCase
    /// 2: kept as they were given, and compared in lower case. What is read from such a server is
    /// put into lower case too: no statement changes the letters of a name there.
    case asGiven

    /// - Parameter setting: the variable's value. One that is not known is taken for 2: then no
    ///   two names that might be the same are told apart.
    package init(setting: String) {
        switch setting {
        case "0": self = .bytes
        case "1": self = .lowerCase
        default: self = .asGiven
        }
    }

    package init(_ profile: ServerProfile) {
        self.init(setting: profile.settings[Self.variable, default: "0"])
    }

    package static let variable = "lower_case_table_names"

    /// The name of a database, table, view or sequence as the server compares it, and as Plumb
    /// knows it on that server.
    package func stored(_ name: String) -> String {
        self == .bytes ? name : Self.lowered(name)
    }

    /// The name of any object as Plumb knows it on that server: triggers, routines and events keep
    /// their letters everywhere.
    package func stored(_ object: ObjectName) -> ObjectName {
        object.kind.sharesTableNames ? ObjectName(object.kind, stored(object.name)) : object
    }

    /// ``stored(_:)-(ObjectName)`` of an encoded name.
    package func stored(encoded: String) -> String {
        self == .bytes ? encoded : stored(ObjectName(encoded: encoded)).encoded
    }

    /// What is equal for names that mean one object of a kind on the server.
    ///
    /// The names of routines and events are never told apart by their letters' case, those of
    /// triggers on MySQL neither.
    package func key(_ object: ObjectName, on flavour: ServerProfile.Flavour) -> ObjectName {
        switch object.kind {
        case .table, .view, .sequence: return stored(object)
        case .procedure, .function, .event: break
        case .trigger: if self == .bytes, flavour == .mariadb { return object }
        }
        return ObjectName(object.kind, Self.lowered(object.name))
    }

    /// The name as the server compares it that tells most names apart: what is equal then is one
    /// object on every server.
    package static func written(_ object: ObjectName) -> ObjectName {
        NameFolding.bytes.key(object, on: .mariadb)
    }

    // MARK: Letters

    /// The name in lower case as the servers put it there.
    ///
    /// They know the letters of Unicode 3.0, and only those that have one letter for another:
    /// `ẞ` and `Ꭰ` stay as they are. A final sigma stays one, and `İ` becomes `i`.
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

    /// Whether the servers know the letter: names are of the first plane.
    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value <= 0xFFFF, let age = scalar.properties.age else { return false }
        return age.major < 3 || age.major == 3 && age.minor == 0
    }
}

extension ObjectName.Kind {
    /// Whether objects of the kind have their names together with tables.
    package var sharesTableNames: Bool {
        switch self {
        case .table, .view, .sequence: true
        case .procedure, .function, .trigger, .event: false
        }
    }
}
