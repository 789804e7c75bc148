import Schema

extension Connection {
    /// Runs a statement that makes an object, under the SQL mode that its first line may name.
    ///
    /// Servers keep that mode with triggers, routines and events, for what their bodies mean.
    package func executeUnderItsMode(_ sql: String) throws(MySQLError) {
        guard let mode = ObjectDefinition.sqlMode(of: sql) else { return try execute(sql) }
        let own = try query("SELECT @@session.sql_mode").first?[0] ?? ""
        try execute("SET SESSION sql_mode = \(SQL.literal(mode))")
        // Only a connection that is lost cannot be set back.
        defer { try? execute("SET SESSION sql_mode = \(SQL.literal(own))") }
        try execute(sql)
    }
}
