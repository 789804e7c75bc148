import MySQLClient
import Reconciler
import Schema

extension DatabaseReading {
    /// The objects other than tables in the databases that were read whose kinds are not in
    /// `kinds`, by name.
    ///
    /// An account that may not see triggers or routines sees none: that is no error. A list that
    /// cannot be read is one: nobody would know what was left out.
    func skippedObjects(
        _ context: ReconcileContext, besides kinds: Set<ObjectName.Kind>
    ) throws -> [ImportReport.SkippedObject] {
        let databases = known.keys.sorted()
        guard !databases.isEmpty else { return [] }
        let list = databases.map(SQL.literal).joined(separator: ", ")
        let questions = [
            "SELECT TABLE_SCHEMA, LOWER(TABLE_TYPE), TABLE_NAME FROM information_schema.TABLES "
                + "WHERE TABLE_SCHEMA IN (\(list)) AND TABLE_TYPE IN ('VIEW', 'SEQUENCE')",
            "SELECT TRIGGER_SCHEMA, 'trigger', TRIGGER_NAME FROM information_schema.TRIGGERS "
                + "WHERE TRIGGER_SCHEMA IN (\(list))",
            "SELECT ROUTINE_SCHEMA, LOWER(ROUTINE_TYPE), ROUTINE_NAME "
                + "FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN (\(list)) "
                + "AND ROUTINE_TYPE <> 'PACKAGE BODY'",
            "SELECT EVENT_SCHEMA, 'event', EVENT_NAME FROM information_schema.EVENTS "
                + "WHERE EVENT_SCHEMA IN (\(list))",
        ]
        let objects = try questions.flatMap { question -> [ImportReport.SkippedObject] in
            let rows = try context.pool.withConnection(to: server, purpose: .read) { connection in
                try connection.query(question)
            }
            return rows.compactMap { row in
                guard let database = row[0], let kind = row[1], let name = row[2],
                    !(ObjectName.Kind(rawValue: kind).map(kinds.contains) ?? false)
                else { return nil }
                return .init(database: database, kind: kind, name: name)
            }
        }
        return objects.sorted {
            ($0.database, $0.kind, $0.name) < ($1.database, $1.kind, $1.name)
        }
    }
}
