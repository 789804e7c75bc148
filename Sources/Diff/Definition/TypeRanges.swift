/// The whole numbers that a type holds.
struct NumberRange: Equatable {
    let minimum: Int128
    let maximum: Int128

    init(minimum: Int128, maximum: Int128) {
        self.minimum = minimum
        self.maximum = maximum
    }

    init?(_ type: ColumnType) {
        let bits: Int
        switch type.name {
        case "tinyint": bits = 8
        case "smallint": bits = 16
        case "mediumint": bits = 24
        case "int": bits = 32
        case "bigint": bits = 64
        case "bit":
            minimum = 0
            maximum = (1 << Int128(type.length ?? 1)) - 1
            return
        default: return nil
        }
        let isUnsigned = type.isUnsigned || type.attributes.contains("zerofill")
        minimum = isUnsigned ? 0 : -(1 << Int128(bits - 1))
        maximum = (1 << Int128(isUnsigned ? bits : bits - 1)) - 1
    }

    func contains(_ other: NumberRange) -> Bool {
        minimum <= other.minimum && maximum >= other.maximum
    }

    var digits: Int { max(String(maximum).count, minimum < 0 ? String(minimum).count - 1 : 0) }
}

/// The digits that `decimal(p,s)` holds.
struct Decimals: Equatable {
    let integerDigits: Int
    let scale: Int
    let isUnsigned: Bool

    init?(_ type: ColumnType) {
        guard type.name == "decimal" else { return nil }
        let precision = type.length ?? 10
        scale = type.arguments.count > 1 ? Int(type.arguments[1]) ?? 0 : 0
        integerDigits = precision - scale
        isUnsigned = type.isUnsigned || type.attributes.contains("zerofill")
    }

    func contains(_ other: Decimals) -> Bool {
        integerDigits >= other.integerDigits && scale >= other.scale
            && (other.isUnsigned || !isUnsigned)
    }
}

/// The longest value that a string type holds.
struct StringCapacity {
    let characters: Int
    let bytes: Int
    let isBinary: Bool
    /// True for `char` and `binary`, which pad values: blanks or zero bytes at their end are lost.
    let isPadded: Bool
    let isVariable: Bool
    let isBlob: Bool

    init?(_ type: ColumnType, bytesPerCharacter width: Int) {
        let length = type.length ?? 1
        isPadded = type.name == "char" || type.name == "binary"
        isVariable = type.name == "varchar" || type.name == "varbinary"
        isBlob = !isPadded && !isVariable
        isBinary = type.name.hasSuffix("binary") || type.name.hasSuffix("blob")
        switch type.name {
        case "char", "varchar":
            characters = length
            bytes = length * width
        case "binary", "varbinary":
            characters = length
            bytes = length
        case "tinytext", "tinyblob":
            bytes = 255
            characters = bytes / (isBinary ? 1 : width)
        case "text", "blob":
            bytes = 65_535
            characters = bytes / (isBinary ? 1 : width)
        case "mediumtext", "mediumblob":
            bytes = 16_777_215
            characters = bytes / (isBinary ? 1 : width)
        case "longtext", "longblob":
            bytes = 4_294_967_295
            characters = bytes / (isBinary ? 1 : width)
        default: return nil
        }
    }
}
