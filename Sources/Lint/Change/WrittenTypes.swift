import Schema

/// The type of a column as a server would print it.
///
/// Display widths are left out, as they do not affect the stored values.
struct WrittenType {
    /// `decimal(12,2) unsigned`.
    let text: String
    /// The character set that the type itself names.
    let characterSet: String?

    /// - Parameter characterSet: of the column; it decides which type holds a `TEXT(n)`.
    init(_ column: SourceTable.Column, characterSet: String) {
        let first = column.type.lowercased()
        let words = Set(column.furtherTypeWords)
        let numbers = column.typeArguments.compactMap { Int($0) }
        let isBinary = column.binary == .bytes || characterSet == "binary"
        let isNational = ["national", "nchar", "nvarchar"].contains(first)
        self.characterSet = isNational ? "utf8mb3" : nil
        if let name = Self.number(first, numbers) {
            text = name + Self.sign(column, of: name)
        } else if let name = Self.string(first, words, numbers, isBinary) {
            text = name
        } else if let name = Self.large(first, words, isBinary) {
            text = Self.sized(name, numbers.first, isBinary ? "binary" : characterSet)
        } else if first == "enum" || first == "set" {
            text = "\(first)(\(Self.members(column.typeArguments)))"
        } else {
            text = Self.other(first, column.typeArguments)
        }
    }

    private static let integers = [
        "tinyint": "tinyint", "int1": "tinyint", "bool": "tinyint", "boolean": "tinyint",
        "smallint": "smallint", "int2": "smallint", "mediumint": "mediumint", "int3": "mediumint",
        "middleint": "mediumint", "int": "int", "integer": "int", "int4": "int",
        "bigint": "bigint", "int8": "bigint", "serial": "bigint",
    ]

    private static func number(_ first: String, _ numbers: [Int]) -> String? {
        if let name = integers[first] { return name }
        switch first {
        case "decimal", "dec", "numeric", "fixed":
            return "decimal(\(numbers.first ?? 10),\(numbers.dropFirst().first ?? 0))"
        case "float", "float4", "double", "float8", "real":
            if numbers.count > 1 {
                let name = first.hasPrefix("float") && first != "float8" ? "float" : "double"
                return "\(name)(\(numbers[0]),\(numbers[1]))"
            }
            if first == "float" { return numbers.first ?? 0 > 24 ? "double" : "float" }
            return first == "float4" ? "float" : "double"
        case "bit": return "bit(\(numbers.first ?? 1))"
        default: return nil
        }
    }

    private static func sign(_ column: SourceTable.Column, of name: String) -> String {
        if name.hasPrefix("bit") { return "" }
        return (column.isUnsigned ? " unsigned" : "") + (column.isZerofill ? " zerofill" : "")
    }

    private static func string(
        _ first: String, _ words: Set<String>, _ numbers: [Int], _ isBinary: Bool
    ) -> String? {
        let isVarying = !words.isDisjoint(with: ["VARYING", "VARCHAR", "VARCHARACTER"])
        switch first {
        case "char", "character", "nchar", "national":
            let name = (isVarying ? "var" : "") + (isBinary ? "binary" : "char")
            return "\(name)(\(numbers.first ?? 1))"
        case "varchar", "varcharacter", "nvarchar", "varchar2":
            return "\(isBinary ? "varbinary" : "varchar")(\(numbers.first ?? 1))"
        case "binary": return "binary(\(numbers.first ?? 1))"
        case "varbinary", "raw": return "varbinary(\(numbers.first ?? 1))"
        default: return nil
        }
    }

    private static let sizes = ["tiny", "", "medium", "long"]

    private static func large(
        _ first: String, _ words: Set<String>, _ isBinary: Bool
    ) -> String? {
        if first == "long" { return words.contains("VARBINARY") ? "mediumblob" : "mediumtext" }
        if first == "clob" { return "longtext" }
        for size in sizes where first == size + "text" || first == size + "blob" {
            return isBinary ? size + "blob" : first
        }
        return nil
    }

    /// The smallest type for so many characters, where `TEXT(n)` or `BLOB(n)` is written.
    private static func sized(_ name: String, _ length: Int?, _ characterSet: String) -> String {
        guard let length, name == "text" || name == "blob" else { return name }
        let width = name == "text" ? CharacterSets.bytesPerCharacter(characterSet) : 1
        let (bytes, isOver) = length.multipliedReportingOverflow(by: width)
        let limits = [255, 65_535, 16_777_215]
        let place = isOver ? limits.count : limits.firstIndex { bytes <= $0 } ?? limits.count
        return sizes[place] + name
    }

    /// Servers remove spaces at the end of members.
    private static func members(_ literals: [String]) -> String {
        literals.map { literal in
            var value = StringLiteral.value(literal).unicodeScalars
            while value.last == " " { value.removeLast() }
            return SQL.literal(String(value))
        }.joined(separator: ",")
    }

    private static func other(_ first: String, _ arguments: [String]) -> String {
        switch first {
        case "year": "year"
        case "geomcollection": "geometrycollection"
        case "time" where arguments.first == "0", "datetime" where arguments.first == "0",
            "timestamp" where arguments.first == "0":
            first
        default:
            arguments.isEmpty ? first : "\(first)(\(arguments.joined(separator: ",")))"
        }
    }
}

extension WrittenType {
    /// The length in characters, or bytes, of a printed `char`, `varchar`, `binary` or `varbinary`.
    static func length(of type: String) -> Int? {
        let names = ["char", "varchar", "binary", "varbinary"]
        let parts = type.split(separator: "(")
        guard parts.count == 2, names.contains(String(parts[0])) else { return nil }
        return Int(parts[1].dropLast())
    }

    /// Whether values of the type have a character set.
    static func isText(_ type: String) -> Bool {
        ["char(", "varchar(", "enum(", "set("].contains { type.hasPrefix($0) }
            || sizes.contains { type == $0 + "text" }
    }
}
