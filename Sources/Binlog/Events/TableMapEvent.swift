/// The table that the events of rows that follow are about.
package struct TableMapEvent: Hashable, Sendable {
    /// The number by which events of rows name it; another one after each change of the table.
    let id: UInt64
    package let database: String
    package let table: String
    /// The columns in their order.
    let columns: [WireColumn]
    /// What the server says of them beyond their types, as `binlog_row_metadata` has it.
    let metadata: TableMapMetadata

    /// - Parameter cursor: the event between its header and its checksum.
    init(from cursor: inout ByteCursor) throws(BinlogError) {
        id = try cursor.little(6)
        try cursor.skip(2)
        database = try Self.name(&cursor)
        table = try Self.name(&cursor)
        let count = try cursor.packed()
        guard count > 0, count <= Self.mostColumns else {
            throw BinlogError(.damaged, "a table has \(count) columns")
        }
        let types = try cursor.take(count)
        let size = try cursor.packed()
        var fields = try cursor.part(size)
        var columns: [WireColumn] = []
        columns.reserveCapacity(count)
        for type in types {
            columns.append(try WireColumn(WireType(rawValue: type), from: &fields))
        }
        guard fields.isAtEnd else {
            throw BinlogError(
                .damaged, "\(fields.remaining) bytes of the columns' metadata are left over")
        }
        self.columns = columns
        // Which columns may be NULL: each row says which are.
        try cursor.skip((count + 7) / 8)
        metadata = try TableMapMetadata(of: columns, from: &cursor)
    }

    private static let mostColumns = 4_096

    private static func name(_ cursor: inout ByteCursor) throws(BinlogError) -> String {
        let count = Int(try cursor.byte())
        let name = try cursor.text(count)
        guard try cursor.byte() == 0 else {
            throw BinlogError(.damaged, "a table's name has no end")
        }
        return name
    }

    /// The table as it is written in a message.
    var title: String { "\(database).\(table)" }
}
