import Desired
import Execution
import MySQLClient
import Reconciler
import Schema

/// Checks the servers of a ledger, each by itself: one that is tried last is not looked at by
/// anybody else until it is needed.
struct LedgerServers {
    private(set) var checks: [DoctorReport.Check] = []

    init(access: LedgerAccess, clock: any Clock) {
        do {
            try access.check()
        } catch {
            checks.append(
                .init(
                    .ledger, access.database.description, .failed, error.fault,
                    remedy: error.remedy))
            return
        }
        let servers = access.database.servers
        for server in servers {
            let examination = LedgerServerExamination(
                server: server, access: access, isOnlyOne: servers.count == 1, clock: clock)
            checks += examination.checks
        }
    }
}

/// Checks one server of a ledger: what it keeps after a crash, what it takes, who it works with.
private struct LedgerServerExamination {
    private let server: ServerAddress
    private let isOnlyOne: Bool
    private(set) var checks: [DoctorReport.Check] = []

    init(server: ServerAddress, access: LedgerAccess, isOnlyOne: Bool, clock: any Clock) {
        self.server = server
        self.isOnlyOne = isOnlyOne
        do {
            let connection = try access.connect(to: server)
            defer { connection.close() }
            examineSession(connection, access)
            try examine(connection, access.database, clock)
        } catch {
            // What may pass by itself says nothing about the others.
            let passes = error.retry != .permanent
            add(
                passes ? isOnlyOne ? .unknown : .warning : .failed, error.message,
                passes && !isOnlyOne
                    ? "the other hosts are used meanwhile" : error.remedy)
        }
    }

    private mutating func add(
        _ status: DoctorReport.Check.Status, _ message: String, _ remedy: String? = nil
    ) {
        checks.append(.init(.ledger, server.description, status, message, remedy: remedy))
    }

    private mutating func examineSession(
        _ connection: MySQLClient.Connection, _ access: LedgerAccess
    ) {
        if let weakness = access.tls(to: server)?.weakness(for: server) {
            return add(
                .warning, "reachable, but \(weakness)",
                "set `tls: {mode: verify-identity}` in the ledger's connection")
        }
        let how = connection.cipher.map { "encrypted with \($0)" }
        add(.ok, "reachable, \(how ?? "on this machine and not encrypted")")
    }

    private mutating func examine(
        _ connection: MySQLClient.Connection, _ database: LedgerDatabase, _ clock: any Clock
    ) throws(MySQLError) {
        let profile = try connection.profile(database: "information_schema")
        add(.ok, "\(profile.flavour == .mariadb ? "MariaDB" : "MySQL") \(profile.version)")
        let variables = try Self.pairs(connection, "SHOW GLOBAL VARIABLES", Self.settings)
        examineDurability(variables)
        examinePacket(variables)
        examineReadOnly(variables)
        if let time = try ServerClock(on: connection, clock) {
            add(time.status, time.message, time.remedy)
        }
        let facts = try ServerExamination.facts(
            connection, profile,
            foldsCase: variables["lower_case_table_names", default: "0"] != "0")
        examineGrants(facts, database)
        try examineEngines(connection, database)
        if variables["wsrep_on"] == "ON" {
            try examineGalera(connection)
        } else {
            examineReplication(connection)
        }
    }

    private static let settings = [
        "innodb_flush_log_at_trx_commit", "sync_binlog", "log_bin", "max_allowed_packet",
        "read_only", "super_read_only", "innodb_read_only", "lower_case_table_names",
        "transaction_isolation", "tx_isolation", "wsrep_on",
    ]

    private static func pairs(
        _ connection: MySQLClient.Connection, _ question: String, _ names: [String]
    ) throws(MySQLError) -> [String: String] {
        let list = names.map(SQL.literal).joined(separator: ", ")
        let rows = try connection.query("\(question) WHERE Variable_name IN (\(list))")
        return Dictionary(
            rows.map { ($0[0]?.lowercased() ?? "", $0[1] ?? "") }, uniquingKeysWith: { $1 })
    }

    // MARK: Settings

    private mutating func examineDurability(_ variables: [String: String]) {
        let flush = variables["innodb_flush_log_at_trx_commit"] ?? "?"
        if flush == "1" {
            add(.ok, "innodb_flush_log_at_trx_commit 1: what is acknowledged outlives a crash")
        } else {
            add(
                .warning,
                "innodb_flush_log_at_trx_commit \(flush): a crash can lose the last second of what "
                    + "was recorded, and with it that a statement had begun",
                "SET GLOBAL innodb_flush_log_at_trx_commit = 1, and in the server's option file")
        }
        guard variables["log_bin"] == "ON" else {
            return add(.ok, "log_bin OFF: nothing is replicated from here by it")
        }
        let sync = variables["sync_binlog"] ?? "?"
        guard sync != "1" else { return add(.ok, "sync_binlog 1") }
        add(
            .warning,
            "sync_binlog \(sync): after a crash a replica can have what this server has lost, or "
                + "the other way round",
            "SET GLOBAL sync_binlog = 1, and in the server's option file")
    }

    private mutating func examinePacket(_ variables: [String: String]) {
        let isolation = variables["transaction_isolation"] ?? variables["tx_isolation"] ?? "?"
        add(.ok, "transaction isolation \(isolation), and REPEATABLE-READ in Plumb's sessions")
        guard let bytes = variables["max_allowed_packet"].flatMap({ Int($0) }) else { return }
        guard bytes < Self.leastPacketBytes else {
            return add(.ok, "max_allowed_packet \(bytes) bytes")
        }
        add(
            .failed, "max_allowed_packet is \(bytes) bytes: a large plan cannot be recorded",
            "raise it to \(Self.leastPacketBytes) or more; no session can")
    }

    private static let leastPacketBytes = 1 << 20

    private mutating func examineReadOnly(_ variables: [String: String]) {
        guard let setting = ReadOnlyState(variables).setting else { return }
        guard isOnlyOne else {
            return add(
                .warning, "\(setting): nothing is read or recorded here; the other hosts are used",
                "name the primary first: the hosts are tried in their order")
        }
        add(
            .failed, "\(setting): nothing can be recorded, so nothing is changed",
            "name the primary in `ledger`")
    }

    // MARK: Rights and tables

    /// What Plumb does in the ledger's schema.
    private static let privileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER"]

    private mutating func examineGrants(
        _ facts: ExaminedServerFacts, _ database: LedgerDatabase
    ) {
        let missing = Self.privileges.filter {
            !facts.grants.holds($0, on: database.name, foldsCase: facts.foldsCase)
        }
        guard !missing.isEmpty else {
            return add(.ok, "the account has what it needs in \(SQL.identifier(database.name))")
        }
        let pattern = SQL.identifier(DatabasePattern.escaped(database.name))
        // All of them: of two grants whose patterns fit, servers count only the more specific one.
        add(
            .failed,
            "\(SQL.identifier(database.name)): no \(missing.joined(separator: ", "))",
            "GRANT \(Self.privileges.joined(separator: ", ")) ON \(pattern).* TO "
                + facts.account)
    }

    private mutating func examineEngines(
        _ connection: MySQLClient.Connection, _ database: LedgerDatabase
    ) throws(MySQLError) {
        let rows = try connection.query(
            "SELECT table_name, engine FROM information_schema.tables WHERE table_schema = "
                + "\(SQL.literal(database.name)) AND table_comment LIKE 'Plumb: %' "
                + "ORDER BY table_name")
        for row in rows where row[1]?.lowercased() != "innodb" {
            add(
                .failed,
                "the table \(SQL.identifier(row[0] ?? "")) has engine \(row[1] ?? "none"), "
                    + "which keeps no transactions",
                "ALTER TABLE \(SQL.identifier(row[0] ?? "")) ENGINE=InnoDB")
        }
        if !rows.isEmpty { add(.ok, "\(Count.of(rows.count, "table")) of the ledger") }
    }

    // MARK: Other servers

    private mutating func examineReplication(_ connection: MySQLClient.Connection) {
        if let members = try? Self.groupMembers(connection), !members.isEmpty {
            let online = members.count { $0 == "ONLINE" }
            return add(
                online == members.count ? .ok : .warning,
                "group replication: \(online) of \(Count.of(members.count, "member")) online",
                online == members.count ? nil : "look why the others are not")
        }
        switch Self.isReplica(connection) {
        case true?:
            add(
                .warning, "a replica of another server: what is recorded here does not reach it",
                "name the primary in `ledger`")
        case false?: add(.ok, "no replica, and in no cluster")
        case nil: add(.ok, "in no cluster; whether it is a replica this account may not see")
        }
    }

    private mutating func examineGalera(
        _ connection: MySQLClient.Connection
    ) throws(MySQLError) {
        let status = try Self.pairs(
            connection, "SHOW GLOBAL STATUS",
            [
                "wsrep_ready", "wsrep_cluster_size", "wsrep_cluster_status",
                "wsrep_local_state_comment",
            ])
        let size = status["wsrep_cluster_size"].flatMap { Int($0) } ?? 0
        let state = status["wsrep_local_state_comment"] ?? "?"
        let cluster = "Galera: \(state), \(Count.of(size, "node"))"
        guard status["wsrep_ready"] == "ON", status["wsrep_cluster_status"] == "Primary" else {
            return add(
                isOnlyOne ? .failed : .warning,
                "\(cluster), wsrep_ready \(status["wsrep_ready"] ?? "?"), cluster "
                    + "\(status["wsrep_cluster_status"] ?? "?"): it takes no statements",
                "look why it has no others"
                    + (isOnlyOne ? "" : "; the other hosts are used meanwhile"))
        }
        guard size > 2 else {
            return add(
                .warning, "\(cluster): when one is lost the rest is no majority",
                "run three or more")
        }
        add(.ok, cluster)
    }

    /// The states of the members; throws where the account may not see them or the server has no
    /// such table.
    private static func groupMembers(
        _ connection: MySQLClient.Connection
    ) throws(MySQLError) -> [String] {
        try connection.query(
            "SELECT member_state FROM performance_schema.replication_group_members "
                + "WHERE member_id <> ''"
        ).compactMap { $0[0] }
    }

    /// Nil where the account may not see it.
    private static func isReplica(_ connection: MySQLClient.Connection) -> Bool? {
        (try? connection.query("SHOW REPLICA STATUS")).map { !$0.isEmpty }
    }
}
