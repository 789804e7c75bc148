import Schema

/// The names of a database's triggers, routines and events.
enum ObjectList {
    /// A query for (kind, name) of the kinds that the target reads, and for triggers (table, time,
    /// number in the order of both); nil where it reads none.
    static func question(_ target: ObservationTarget) -> String? {
        let database = SQL.literal(target.database)
        var parts: [String] = []
        if target.kinds.contains(.trigger) {
            parts.append(triggers(of: target.database))
        }
        if target.kinds.contains(.procedure) || target.kinds.contains(.function) {
            parts.append(
                "SELECT ROUTINE_TYPE, ROUTINE_NAME, NULL, NULL, NULL FROM information_schema.ROUTINES "
                    + "WHERE ROUTINE_SCHEMA = \(database)")
        }
        if target.kinds.contains(.event) {
            parts.append(
                "SELECT 'event', EVENT_NAME, NULL, NULL, NULL FROM information_schema.EVENTS "
                    + "WHERE EVENT_SCHEMA = \(database)")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " UNION ALL ")
    }

    /// The query for triggers alone.
    static func triggers(of database: String) -> String {
        "SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, "
            + "CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION), ACTION_ORDER "
            + "FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = \(SQL.literal(database))"
    }
}
