import MySQLClient

extension MySQLError {
    /// What to do about it where the server has a ledger and no shard.
    var remedyForStore: String? {
        switch kind {
        case .unknownDatabase: "create the database, or correct its name in `ledger`"
        case .unknownTable:
            "a table of the ledger is gone: restore it from a backup, or copy the ledger from "
                + "another place with `plumb store copy`"
        case .readOnly: "the server takes no changes: name the primary in `ledger`"
        case .lockWaitTimeout: "another session holds the lock: try again, or end that session"
        case .missingGrant:
            "let the account SELECT, INSERT, UPDATE, DELETE, CREATE and ALTER in the ledger's "
                + "database; `plumb doctor` says the GRANT"
        case .unreachable, .connectionLimit, .hourlyLimit, .accessDenied, .tableExists,
            .lostConnection, .timeout, .deadlock, .syntax, .algorithmUnsupported, .dataConflict,
            .diskFull, .unsafeStatement, .tls, .configuration, .other:
            remedy
        }
    }
}
