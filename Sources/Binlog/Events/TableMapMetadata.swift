/// What a table map may say of its columns beyond their types.
///
/// MySQL always says which numbers are unsigned and which character sets texts have; names and keys
/// come with `binlog_row_metadata=FULL`, and MariaDB says nothing at all without that setting.
///
/// The form: `Table_map_event` in https://dev.mysql.com/doc/dev/mysql-server/latest/
struct TableMapMetadata: Hashable, Sendable {
    /// Whether each column is an unsigned number; nil where the map does not say.
    private(set) var isUnsigned: [Bool]?
    /// The columns' names; nil where the map does not say.
    private(set) var names: [String]?
    /// The places of the columns of the primary key, in its order; nil where the map does not say.
    private(set) var primaryKey: [Int]?
    /// The number of the collation of each text column by its place; empty where the map does not
    /// say.
    private(set) var collations: [Int: Int] = [:]

    init(of columns: [WireColumn], from cursor: inout ByteCursor) throws(BinlogError) {
        while !cursor.isAtEnd {
            let kind = try cursor.byte()
            let size = try cursor.packed()
            var field = try cursor.part(size)
            switch kind {
            case 1: isUnsigned = try Self.signs(columns, &field)
            case 2: collations = try Self.collations(columns, default: &field)
            case 3: collations = try Self.collations(columns, each: &field)
            case 4: names = try Self.names(columns.count, &field)
            case 8: primaryKey = try Self.key(columns.count, &field, hasPrefixes: false)
            case 9: primaryKey = try Self.key(columns.count, &field, hasPrefixes: true)
            // Words of ENUM and SET, their character sets, kinds of geometries, visibility,
            // dimensions of vectors: the table's definition has them.
            default: break
            }
        }
    }

    /// One bit for each number, the highest first.
    private static func signs(
        _ columns: [WireColumn], _ field: inout ByteCursor
    ) throws(BinlogError) -> [Bool] {
        var found = [Bool](repeating: false, count: columns.count)
        var bits: UInt8 = 0
        var count = 0
        for (place, column) in columns.enumerated() where column.type.isNumber {
            if count % 8 == 0 { bits = try field.byte() }
            found[place] = bits & (0x80 >> UInt8(count % 8)) != 0
            count += 1
        }
        return found
    }

    private static func names(
        _ count: Int, _ field: inout ByteCursor
    ) throws(BinlogError) -> [String] {
        var names: [String] = []
        for _ in 0..<count { names.append(try field.text(try field.packed())) }
        return names
    }

    private static func key(
        _ count: Int, _ field: inout ByteCursor, hasPrefixes: Bool
    ) throws(BinlogError) -> [Int] {
        var places: [Int] = []
        while !field.isAtEnd {
            let place = try field.packed()
            guard place < count else {
                throw BinlogError(.damaged, "the key has column \(place) of \(count)")
            }
            places.append(place)
            if hasPrefixes { _ = try field.packed() }
        }
        return places
    }

    /// The collation of most text columns, then the place among them and the collation of others.
    private static func collations(
        _ columns: [WireColumn], default field: inout ByteCursor
    ) throws(BinlogError) -> [Int: Int] {
        let texts = columns.indices.filter { columns[$0].type.isText }
        let common = try field.packed()
        var found = Dictionary(uniqueKeysWithValues: texts.map { ($0, common) })
        while !field.isAtEnd {
            let place = try field.packed()
            let collation = try field.packed()
            guard place < texts.count else {
                throw BinlogError(.damaged, "there is no text column \(place)")
            }
            found[texts[place]] = collation
        }
        return found
    }

    private static func collations(
        _ columns: [WireColumn], each field: inout ByteCursor
    ) throws(BinlogError) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for place in columns.indices where columns[place].type.isText {
            found[place] = try field.packed()
        }
        return found
    }
}
