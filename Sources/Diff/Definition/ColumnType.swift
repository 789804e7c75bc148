/// A printed column type in its parts: `decimal(12,2) unsigned`.
struct ColumnType: Hashable {
    /// As printed.
    let text: String
    /// In lower case: `decimal`.
    let name: String
    /// What stands between the parentheses, split at commas; string literals keep their quotes.
    let arguments: [String]
    /// The words behind the type, in lower case: `unsigned`, `zerofill`.
    let attributes: [String]

    init(_ text: String) {
        self.text = text
        let head = text.prefix { $0 != "(" && $0 != " " }
        name = head.lowercased()
        var rest = text.dropFirst(head.count)
        var arguments: [String] = []
        if rest.first == "(" {
            rest.removeFirst()
            var current = ""
            var isQuoted = false
            while let character = rest.popFirst() {
                if character == "'" { isQuoted.toggle() }
                if !isQuoted, character == ")" { break }
                if !isQuoted, character == "," {
                    arguments.append(current)
                    current = ""
                } else {
                    current.append(character)
                }
            }
            arguments.append(current)
        }
        self.arguments = arguments
        attributes = rest.split(separator: " ").map { $0.lowercased() }
    }

    var isUnsigned: Bool { attributes.contains("unsigned") }

    /// True for types that have a character set.
    var isText: Bool {
        switch name {
        case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set": true
        default: false
        }
    }

    var isGeometry: Bool { castingFamily == "geometry" }

    /// The first argument as a number.
    var length: Int? { arguments.first.flatMap { Int($0) } }
}

extension ColumnType {
    /// True where MariaDB takes values of this type into a column of `other` (else error 4078).
    ///
    /// Strings go everywhere; numbers and times into each other; geometry, vectors, UUID and
    /// addresses only into their own kind. INET4 into INET6 is a question of the version, and is
    /// left to the server.
    func isCast(to other: ColumnType) -> Bool {
        guard let mine = castingFamily, let its = other.castingFamily else { return true }
        return mine == its
    }

    /// The kind of types within which MariaDB casts; nil for strings, which it casts to every type.
    private var castingFamily: String? {
        switch name {
        case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring",
            "multipolygon", "geometrycollection":
            "geometry"
        case "vector", "uuid": name
        case "inet4", "inet6": "address"
        case "bit", "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float",
            "double", "year", "date", "time", "datetime", "timestamp":
            "number"
        default: nil
        }
    }
}
