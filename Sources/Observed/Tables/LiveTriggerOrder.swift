import MySQLClient
import Schema

/// The order of the triggers with the same table and time, which `SHOW CREATE` does not print.
struct LiveTriggerOrder: Sendable {
    private struct Place {
        let slot: TriggerSlot
        let number: Int
    }

    private var places: [String: Place] = [:]

    /// Adds a row of ``ObjectList``, given by its columns.
    mutating func add(_ trigger: ObjectName, column: (Int) -> String?) {
        guard let table = column(2), let time = column(3),
            let number = column(4).flatMap({ Int($0) })
        else { return }
        places[trigger.name] = Place(slot: TriggerSlot(table: table, time: time), number: number)
    }

    /// The triggers that run before `object`; empty for other kinds.
    func predecessors(of object: ObjectName) -> [String] {
        guard object.kind == .trigger, let own = places[object.name] else { return [] }
        return places.filter { $0.value.slot == own.slot && $0.value.number < own.number }
            .map(\.key)
    }

    /// Reads the triggers that run before one trigger.
    static func predecessors(
        of trigger: ObjectDefinition, in database: String, on connection: Connection
    ) throws(MySQLError) -> [String] {
        guard let table = trigger.triggerSlot?.table else { return [] }
        let rows = try connection.query(
            ObjectList.triggers(of: database)
                + " AND EVENT_OBJECT_TABLE = \(SQL.literal(table))")
        var order = LiveTriggerOrder()
        for row in rows {
            guard row.count > 1, let name = row[1] else { continue }
            order.add(ObjectName(.trigger, name)) { $0 < row.count ? row[$0] : nil }
        }
        return order.predecessors(of: trigger.name)
    }
}
