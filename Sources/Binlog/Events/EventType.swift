/// The kinds of events of MySQL and MariaDB.
///
/// A struct, so that a number of a later release is a value.
package struct EventType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    static let query = EventType(rawValue: 2)
    static let rotate = EventType(rawValue: 4)
    static let formatDescription = EventType(rawValue: 15)
    static let xid = EventType(rawValue: 16)
    static let tableMap = EventType(rawValue: 19)
    static let incident = EventType(rawValue: 26)
    static let heartbeat = EventType(rawValue: 27)
    static let gtid = EventType(rawValue: 33)
    static let anonymousGTID = EventType(rawValue: 34)
    static let xaPrepare = EventType(rawValue: 38)
    static let partialUpdate = EventType(rawValue: 39)
    static let payload = EventType(rawValue: 40)
    static let taggedGTID = EventType(rawValue: 42)
    static let mariadbGTID = EventType(rawValue: 162)
    static let compressedQuery = EventType(rawValue: 165)

    /// Whether it says nothing about rows, so that leaving it out loses nothing: STOP, INTVAR,
    /// RAND, USER_VAR, IGNORABLE, ROWS_QUERY, PREVIOUS_GTIDS, TRANSACTION_CONTEXT, VIEW_CHANGE,
    /// and MariaDB's ANNOTATE_ROWS, BINLOG_CHECKPOINT, GTID_LIST and START_ENCRYPTION.
    var isWithoutRows: Bool {
        switch rawValue {
        case 3, 5, 13, 14, 28, 29, 35, 36, 37, 160, 161, 163, 164: true
        default: false
        }
    }

    /// Whether it is of a `LOAD DATA` that is logged as a statement with its file.
    var isOfLoadStatement: Bool {
        switch rawValue {
        case 6...12, 17, 18: true
        default: false
        }
    }
}

/// What an event of rows does, and how it is written.
struct RowsForm: Hashable, Sendable {
    let action: RowAction
    /// Whether its header has a part of variable length, as since MySQL 5.6.
    let isVersion2: Bool
    let isCompressed: Bool
    /// Whether changes inside JSON values stand for the values.
    var isPartial = false

    /// Nil for an event of another kind.
    init?(_ type: EventType) {
        switch type.rawValue {
        case 23...25: self.init(type.rawValue - 23, isVersion2: false, isCompressed: false)
        case 30...32: self.init(type.rawValue - 30, isVersion2: true, isCompressed: false)
        case 166...168: self.init(type.rawValue - 166, isVersion2: false, isCompressed: true)
        case 169...171: self.init(type.rawValue - 169, isVersion2: true, isCompressed: true)
        case EventType.partialUpdate.rawValue:
            self.init(1, isVersion2: true, isCompressed: false)
            isPartial = true
        default: return nil
        }
    }

    private init(_ place: UInt8, isVersion2: Bool, isCompressed: Bool) {
        action = place == 0 ? .insert : place == 1 ? .update : .delete
        self.isVersion2 = isVersion2
        self.isCompressed = isCompressed
    }
}

/// What happened to a row.
package enum RowAction: String, Hashable, Sendable {
    case insert, update, delete
}
