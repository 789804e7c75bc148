import Schema

extension Connection {
    /// Runs a statement that creates an object under the session settings in its first lines.
    ///
    /// Servers store these settings with triggers, routines and events, which run under them.
    ///
    /// - Parameter next: what is run after it, whatever becomes of it; see ``execute(_:then:)``.
    package func executeUnderItsSettings(_ sql: String, then next: String? = nil) throws(MySQLError)
    {
        let (settings, statement) = CreationSettings.split(sql)
        let sql = String(statement)
        let wanted = [
            settings.sqlMode.map { ("sql_mode", SQL.literal($0)) },
            settings.timeZone.map { ("time_zone", $0 == "DEFAULT" ? $0 : SQL.literal($0)) },
        ].compactMap { $0 }
        guard !wanted.isEmpty else { return try execute(sql, then: next) }
        let names = wanted.map { "@@session.\($0.0)" }.joined(separator: ", ")
        let own = try query("SELECT \(names)").first
        defer {
            for (place, setting) in wanted.enumerated() {
                let value = SQL.literal((own?[place] ?? nil) ?? "")
                setBack("SET SESSION \(setting.0) = \(value)")
            }
        }
        for setting in wanted { try execute("SET SESSION \(setting.0) = \(setting.1)") }
        try execute(sql, then: next)
    }

    /// Runs a statement under or without `NO_AUTO_VALUE_ON_ZERO`: with `numberingZeros`, an
    /// `AUTO_INCREMENT` column replaces 0 by the next number; without it, 0 is kept. Then runs
    /// `next`, as ``execute(_:then:)`` does.
    package func execute(
        _ sql: String, numberingZeros: Bool, then next: String? = nil
    ) throws(MySQLError) {
        let own = try query("SELECT @@session.sql_mode").first?[0] ?? ""
        var modes = own.split(separator: ",").filter { $0.uppercased() != Self.zerosStay }
        if !numberingZeros { modes.append(Self.zerosStay[...]) }
        let wanted = modes.joined(separator: ",")
        guard wanted != own else { return try execute(sql, then: next) }
        try execute("SET SESSION sql_mode = \(SQL.literal(wanted))")
        defer { setBack("SET SESSION sql_mode = \(SQL.literal(own))") }
        try execute(sql, then: next)
    }

    /// Sets the session back to what it was; where that cannot be, it ends: what would run in it
    /// later would mean something else.
    func setBack(_ sql: String) {
        endUnless { () throws(MySQLError) in try execute(sql) }
    }

    /// Undoes what the session may not be kept with; where that fails, the session ends.
    func endUnless(_ undo: () throws(MySQLError) -> Void) {
        guard isUsable else { return }
        do throws(MySQLError) {
            try undo()
        } catch {
            close()
        }
    }

    private static let zerosStay = "NO_AUTO_VALUE_ON_ZERO"
}
