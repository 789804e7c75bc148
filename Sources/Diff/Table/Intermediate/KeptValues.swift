import Schema

/// The virtual columns that become plain ones: they are stored first, so that their values stay.
///
/// No server makes a plain column of a virtual one (MySQL error 3106, MariaDB 1907), and one that
/// is dropped and added is empty. A statement that drops the virtual column and adds it again as a
/// stored one writes the values down; a stored column then keeps them when it becomes a plain one.
struct KeptValues {
    let from: Table
    let to: Table
    /// Names in `from` to names in `to`.
    let renames: [String: String]
    let flavour: ServerProfile.Flavour

    /// The table with these columns stored, and the one without them that its statement passes
    /// through; nil where there is no such column.
    var targets: (cleared: Table, stored: Table)? {
        let kept = Set(from.columns.filter(isKept).map(\.name))
        guard !kept.isEmpty else { return nil }
        var stored = from
        for place in stored.columns.indices where kept.contains(stored.columns[place].name) {
            stored.columns[place].generated?.kind = .stored
        }
        let cleared = IntermediateTables(from: from, to: stored, renames: [:], flavour: flavour)
            .cleared
        // No statement drops and adds one foreign key, or changes one default twice: what is
        // cleared away of these stays away until the columns are plain.
        stored.foreignKeys = cleared.foreignKeys
        for column in cleared.columns {
            guard let place = stored.columns.firstIndex(where: { $0.name == column.name }) else {
                continue
            }
            stored.columns[place].defaultValue = column.defaultValue
        }
        return (cleared, stored)
    }

    private func isKept(_ column: Column) -> Bool {
        guard column.generated?.kind == .virtual, Self.canBeStored(column, on: flavour) else {
            return false
        }
        let name = renames[column.name] ?? column.name
        guard let other = to.columns.first(where: { $0.name.sameName(as: name) }),
            other.generated == nil
        else { return false }
        return flavour != .mariadb || ColumnType(column.type).isCast(to: ColumnType(other.type))
    }

    /// False where the expression depends on the session or the moment: its values are not those of
    /// the rows, and MariaDB does not store them (error 1901).
    ///
    /// MySQL takes no such expression in the first place.
    static func canBeStored(_ column: Column, on flavour: ServerProfile.Flavour?) -> Bool {
        guard flavour != .mysql, let text = column.generated?.expression else { return true }
        let isNamed = ExpressionText.argumentCounts(of: Set(named.keys), in: text).contains {
            function, count in count < named[function] ?? 0
        }
        return !isNamed && !ExpressionText.calls(fleeting, in: text) && !text.contains("@@")
    }

    /// Functions that MariaDB takes in a virtual column and in no stored one, as it prints them.
    private static let fleeting: Set<String> = [
        "connection_id", "curdate", "current_date", "current_role", "current_time",
        "current_timestamp", "current_user", "curtime", "database", "dayname", "from_unixtime",
        "localtime", "localtimestamp", "monthname", "now", "rand", "random_bytes", "schema",
        "session_user", "sys_guid", "sysdate", "system_user", "to_char", "user", "utc_date",
        "utc_time", "utc_timestamp", "uuid", "uuid_short", "uuid_v4", "uuid_v7", "version",
    ]

    /// Functions that take a missing argument from the session: with at least this many arguments
    /// they can be stored.
    private static let named = ["date_format": 3, "week": 2, "unix_timestamp": 1]
}
