/// Rows of one table that were inserted, changed or deleted.
///
/// The rows are read when they are asked for: those of tables that nobody follows cost nothing.
package struct RowsEvent: Sendable {
    package let table: TableMapEvent
    package let action: RowAction
    /// Whether this is the last event of its statement.
    package let endsStatement: Bool
    /// The columns that are in the rows before the change, and after it.
    private let before: Bitmap
    private let after: Bitmap
    /// Whether changes inside JSON values stand for the values.
    private let isPartial: Bool
    private let body: ByteCursor

    /// The number that stands for no table, in an event that only ends a statement.
    static let noTable: UInt64 = 0xff_ffff

    /// - Parameters:
    ///   - cursor: the event between the number of its table and its checksum.
    ///   - table: the table of that number.
    init(
        _ form: RowsForm, flags: UInt16, of table: TableMapEvent, from cursor: inout ByteCursor
    ) throws(BinlogError) {
        self.table = table
        action = form.action
        endsStatement = flags & 1 != 0
        isPartial = form.isPartial
        if form.isVersion2 {
            let size = Int(try cursor.little(2))
            guard size >= 2 else { throw BinlogError(.damaged, "a header has \(size) bytes") }
            try cursor.skip(size - 2)
        }
        let count = try cursor.packed()
        guard count == table.columns.count else {
            throw BinlogError(
                .damaged,
                "rows of \(table.title) have \(count) columns, and the table map "
                    + "\(table.columns.count)")
        }
        let first = try Bitmap(count, from: &cursor)
        before = first
        after = form.action == .update ? try Bitmap(count, from: &cursor) : first
        body =
            form.isCompressed
            ? ByteCursor(try CompressedPart.bytes(from: &cursor))
            : try cursor.part(cursor.remaining)
    }

    /// Whether each row has all of the table's columns, as `binlog_row_image=FULL` has it.
    ///
    /// With that setting, too, MariaDB 11.8 leaves generated columns out of rows that are changed
    /// or deleted; they are not missed.
    package func isFull(_ columns: TableColumns) -> Bool {
        guard !isPartial, columns.columns.count == before.count else { return false }
        return columns.columns.enumerated().allSatisfy { place, column in
            column.isGenerated || (before[place] && after[place])
        }
    }

    /// The changes of rows in their order, to be read one by one: bytes of an event can become many
    /// times as many in memory.
    ///
    /// Throws `unsupported` for changes inside JSON values.
    package func changes(_ decoder: RowDecoder) throws(BinlogError) -> RowChanges {
        guard !isPartial else {
            throw BinlogError(
                .unsupported,
                "rows of \(table.title) have only what changed inside of JSON values: set "
                    + "binlog_row_value_options to ''")
        }
        return RowChanges(
            title: table.title, action: action, before: before, after: after, decoder: decoder,
            cursor: body)
    }
}

/// The changes of the rows of one event.
package struct RowChanges {
    private let title: String
    private let action: RowAction
    private let before: Bitmap
    private let after: Bitmap
    private let decoder: RowDecoder
    private var cursor: ByteCursor

    fileprivate init(
        title: String, action: RowAction, before: Bitmap, after: Bitmap, decoder: RowDecoder,
        cursor: ByteCursor
    ) {
        self.title = title
        self.action = action
        self.before = before
        self.after = after
        self.decoder = decoder
        self.cursor = cursor
    }

    /// The next row; nil behind the last.
    ///
    /// Throws `damaged` where the rows do not fill the event exactly.
    package mutating func next() throws(BinlogError) -> RowChange? {
        guard !cursor.isAtEnd else { return nil }
        let start = cursor.offset
        let old = action == .insert ? nil : try decoder.row(before, from: &cursor)
        let new = action == .delete ? nil : try decoder.row(after, from: &cursor)
        // Rows without any column would never end.
        guard cursor.offset > start else {
            throw BinlogError(.damaged, "a row of \(title) is empty")
        }
        return RowChange(before: old, after: new)
    }
}

/// One row before and after its change.
package struct RowChange: Hashable, Sendable {
    /// The value of each column by its place; nil for a column that the event leaves out, as with
    /// `binlog_row_image=MINIMAL`.
    package typealias Image = [BinlogValue?]

    /// Nil for a row that was inserted.
    package let before: Image?
    /// Nil for a row that was deleted.
    package let after: Image?
}

/// A part of an event that MariaDB has compressed (`log_bin_compress`).
enum CompressedPart {
    /// Inflates what is left: a byte with the number of bytes of the length, the length, the bytes.
    static func bytes(from cursor: inout ByteCursor) throws(BinlogError) -> [UInt8] {
        let first = try cursor.byte()
        guard first & 0xf0 == 0x80, (1...4).contains(first & 7) else {
            throw BinlogError(.unsupported, "a part is compressed by a method that is not known")
        }
        let size = Int(try cursor.big(Int(first & 7)))
        return try Zlib.inflate(try cursor.takeRest(), to: size)
    }
}
