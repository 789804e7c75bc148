import MySQLClient
import Store

extension MySQLBackend {
    /// Throws where a newer release made the tables; reads need no more.
    func requireKnownTables() throws(StoreError) {
        try TableVersion.check(try tableVersion(), at: place)
    }

    /// Upgrades tables that an earlier release made, before something is written.
    func requireCurrentTables() throws(StoreError) {
        guard !hasCurrentTables.withLock({ $0 }) else { return }
        let version = try tableVersion()
        try TableVersion.check(version, at: place)
        if version < TableVersion.current {
            try changing { connection throws(MySQLError) in
                try TableUpgrade(connection: connection).run()
                try connection.execute(TableVersion.setting)
            }
        }
        hasCurrentTables.withLock { $0 = true }
    }

    /// What says which handle holds a lease: the tables of the first version do not.
    func holderColumn() throws(StoreError) -> String {
        if hasCurrentTables.withLock({ $0 }) { return LeaseRow.holder }
        return try tableVersion() < 2 ? "x''" : LeaseRow.holder
    }

    private func tableVersion() throws(StoreError) -> Int64 {
        try reading { connection throws(MySQLError) in
            TableVersion.found(try connection.query(TableVersion.question))
        }
    }
}
