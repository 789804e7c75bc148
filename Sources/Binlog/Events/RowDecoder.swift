/// Reads the rows of one table as it was at one time: an event's table map says how the bytes lie,
/// and the table's definition what they mean.
package struct RowDecoder: Sendable {
    /// The columns by the table's definition.
    package let columns: TableColumns
    private let forms: [ColumnForm]
    /// Whether the column at each place is read.
    private let isRead: [Bool]

    /// Throws `definitionChanged` where the map is of a table with other columns.
    ///
    /// - Parameter places: of the columns that are read; nil for all. The others are nil in rows.
    package init(
        _ map: TableMapEvent, columns: TableColumns, reading places: [Int]? = nil
    ) throws(BinlogError) {
        self.columns = columns
        isRead = columns.columns.indices.map { places?.contains($0) ?? true }
        let definitions = columns.columns
        guard map.columns.count == definitions.count else {
            throw Self.changed(
                map,
                "it has \(map.columns.count) columns in the log and \(definitions.count) "
                    + "by its definition")
        }
        if let names = map.metadata.names, names != definitions.map(\.name) {
            throw Self.changed(map, "its columns have other names in the log")
        }
        var forms: [ColumnForm] = []
        for (place, (wire, column)) in zip(map.columns, definitions).enumerated() {
            guard column.mayBe(wire.type) else {
                throw Self.changed(
                    map,
                    "column \(column.name) is \(column.type) by its definition, and has the "
                        + "type number \(wire.type.rawValue) in the log")
            }
            if let isUnsigned = map.metadata.isUnsigned?[place], wire.type.isInteger,
                isUnsigned != column.isUnsigned
            {
                throw Self.changed(
                    map,
                    "column \(column.name) is \(isUnsigned ? "unsigned" : "signed") in the "
                        + "log, and not by its definition")
            }
            forms.append(try ColumnForm(wire, column))
        }
        self.forms = forms
    }

    private static func changed(_ map: TableMapEvent, _ what: String) -> BinlogError {
        BinlogError(.definitionChanged, "table \(map.title): \(what)")
    }

    /// The next row: a bit for each column that is there says whether it is NULL; then come the
    /// values of the others.
    func row(
        _ present: Bitmap, from cursor: inout ByteCursor
    ) throws(BinlogError) -> RowChange.Image {
        let nulls = try Bitmap(present.setCount, from: &cursor)
        var row: RowChange.Image = []
        row.reserveCapacity(forms.count)
        var seen = 0
        for place in forms.indices {
            guard present[place] else {
                row.append(nil)
                continue
            }
            defer { seen += 1 }
            if nulls[seen] {
                row.append(.null)
            } else if isRead[place] {
                row.append(try forms[place].value(from: &cursor))
            } else {
                try forms[place].skip(in: &cursor)
                row.append(nil)
            }
        }
        return row
    }
}

extension BinlogColumn {
    /// Whether a column of this type can be of that one in a table map.
    func mayBe(_ wire: WireType) -> Bool {
        guard let types = Self.wireTypes[type] else { return false }
        return types.contains(wire)
    }

    private static let wireTypes: [String: Set<WireType>] = {
        let text: Set<WireType> = [.blob, .compressedBlob]
        var types: [String: Set<WireType>] = [
            "tinyint": [.tiny], "smallint": [.short], "mediumint": [.int24], "int": [.long],
            "bigint": [.longLong], "float": [.float], "double": [.double], "decimal": [.decimal],
            "bit": [.bit], "year": [.year], "date": [.date, .newDate],
            "time": [.time, .oldTime], "datetime": [.datetime, .oldDatetime],
            "timestamp": [.timestamp, .oldTimestamp], "char": [.string],
            "varchar": [.varchar, .varString, .compressedVarchar], "binary": [.string],
            "varbinary": [.varchar, .varString, .compressedVarchar], "enum": [.enumeration],
            "set": [.set], "json": [.json, .blob], "inet4": [.string], "inet6": [.string],
            "uuid": [.string], "vector": [.vector, .varchar],
        ]
        for size in ["tiny", "", "medium", "long"] {
            types[size + "text"] = text
            types[size + "blob"] = text
        }
        for geometry in [
            "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring",
            "multipolygon", "geometrycollection", "geomcollection",
        ] { types[geometry] = [.geometry] }
        return types
    }()
}

extension WireType {
    /// Whether the sign of its values is not in its bytes.
    var isInteger: Bool {
        switch self {
        case .tiny, .short, .int24, .long, .longLong: true
        default: false
        }
    }
}
