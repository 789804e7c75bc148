import Execution
import Basics
import Desired
import MySQLClient
import Observed
import Reconciler
import Schema

/// What a server says about itself and about the account.
struct ExaminedServerFacts: Sendable {
    /// The server's profile; character set and collation are those of each database instead.
    var profile: ServerProfile
    /// Character set and collation of the databases that the account can see, by name.
    var databases: [String: [String]]
    var grants: Grants
    /// Which objects the server's lists show to the account.
    var visibility: ObjectVisibility
    /// `'user'@'host'`, as the server names the account.
    var account: String
    var foldsCase: Bool

    /// The profile of a database; nil where the account cannot see it.
    func profile(of database: String) -> ServerProfile? {
        guard let own = databases[folded(database)] else { return nil }
        var result = profile
        result.characterSet = own[0]
        result.collation = own[1]
        return result
    }

    func folded(_ name: String) -> String { foldsCase ? NameFolding.lowered(name) : name }
}

/// Checks one server: that it can be reached, is supported, and has suitable settings.
struct ServerExamination: Sendable {
    let server: ServerAddress
    private(set) var facts: ExaminedServerFacts?
    private let concurrency: Concurrency
    private(set) var checks: [DoctorReport.Check] = []

    init(
        server: ServerAddress, shards: [Shard], workspacePrefix: String, context: ReconcileContext,
        clock: any Clock
    ) {
        self.server = server
        concurrency = context.concurrency
        do {
            // A server for workspaces alone may have no other account.
            let purpose: ConnectionPool.Purpose = shards.isEmpty ? .workspace : .read
            try context.pool.withConnection(to: server, purpose: purpose) { connection in
                examineSession(connection, context.tls(to: server))
                try examine(connection, shards: shards, clock: clock)
                checks += try WorkspaceExamination(
                    server: server, prefix: workspacePrefix, on: connection
                ).checks
            }
        } catch {
            let problem = error as? MySQLError
            let isPassing = problem.map { $0.retry != .permanent } ?? false
            add(
                isPassing ? .unknown : .failed, problem?.description ?? "\(error)",
                shards.isEmpty
                    ? nil : "until then \(Count.of(shards.count, "shard")) cannot be looked at")
        }
    }

    private mutating func add(
        _ status: DoctorReport.Check.Status, _ message: String, _ remedy: String? = nil,
        area: DoctorReport.Check.Area = .server
    ) {
        checks.append(
            DoctorReport.Check(area, server.description, status, message, remedy: remedy))
    }

    // MARK: The session

    private mutating func examineSession(
        _ connection: MySQLClient.Connection, _ tls: TLSOptions?
    ) {
        if let weakness = tls?.weakness(for: server) {
            return add(
                .warning, "reachable, but \(weakness)",
                "set `tls: {mode: verify-identity}` in the environment's connection")
        }
        if let cipher = connection.cipher {
            add(.ok, "reachable, encrypted with \(cipher)")
            return
        }
        switch server {
        case .socket: add(.ok, "reachable over a local socket")
        case .tcp:
            add(
                .warning, "reachable, but nothing is encrypted",
                "set `tls: {mode: verify-identity}` in the environment's connection")
        }
    }

    private mutating func examine(
        _ connection: MySQLClient.Connection, shards: [Shard], clock: any Clock
    ) throws {
        // Throws where the product or version is not supported.
        let profile = try connection.profile(database: "information_schema")
        add(.ok, "\(profile.flavour == .mariadb ? "MariaDB" : "MySQL") \(profile.version)")
        let variables = try Self.variables(connection)
        let mode = variables["sql_mode"] ?? ""
        examineMode(mode)
        for finding in FileMeaningSettings(sqlMode: mode, settings: profile.settings).findings {
            add(finding.status, finding.message, finding.remedy)
        }
        examineBinaryLog(variables)
        examineReadOnly(variables, shards)
        examineLifted(variables)
        let folds = variables["lower_case_table_names", default: "0"]
        add(
            .ok,
            "lower_case_table_names \(folds): names are compared "
                + (folds == "0" ? "as written" : "in lower case"))
        if let time = try ServerClock(on: connection, clock) {
            add(time.status, time.message, time.remedy)
        }
        try examineCache(connection, variables)
        let facts = try Self.facts(connection, profile, foldsCase: folds != "0")
        self.facts = facts
        checks += try LimitExamination(
            server: server, account: facts.account,
            sessions: ReconcileContext.sessionsPerServer(concurrency), on: connection
        ).checks
        examineDatabases(shards, facts)
    }

    private static func variables(
        _ connection: MySQLClient.Connection
    ) throws(MySQLError) -> [String: String] {
        let names =
            [
                "sql_mode", "log_bin", "binlog_format", "table_definition_cache", "read_only",
                "super_read_only", "innodb_read_only", "lower_case_table_names",
                "max_allowed_packet",
            ] + SessionLimits.lifted.map(\.name)
        let list = names.map(SQL.literal).joined(separator: ", ")
        let rows = try connection.query("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(list))")
        return Dictionary(
            rows.map { ($0[0]?.lowercased() ?? "", $0[1] ?? "") }, uniquingKeysWith: { $1 })
    }

    /// Reads what the account can see and do on a server.
    static func facts(
        _ connection: MySQLClient.Connection, _ profile: ServerProfile, foldsCase: Bool
    ) throws(MySQLError) -> ExaminedServerFacts {
        var facts = ExaminedServerFacts(
            profile: profile, databases: [:],
            grants: Grants(try connection.query("SHOW GRANTS").compactMap { $0[0] }),
            visibility: try ObjectVisibility(on: connection), account: "", foldsCase: foldsCase)
        let account = try connection.query("SELECT CURRENT_USER()").first?[0] ?? ""
        let parts = account.split(
            separator: "@", omittingEmptySubsequences: false
        ).map(String.init)
        let user = parts.dropLast().joined(separator: "@")
        facts.account = "\(SQL.literal(user))@\(SQL.literal(parts.last ?? ""))"
        let rows = try connection.query(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME "
                + "FROM information_schema.SCHEMATA")
        for row in rows {
            guard let name = row[0], let characterSet = row[1], let collation = row[2] else {
                continue
            }
            facts.databases[facts.folded(name)] = [characterSet, collation]
        }
        return facts
    }

    // MARK: Settings

    private mutating func examineMode(_ mode: String) {
        let words = Set(mode.uppercased().split(separator: ",").map(String.init))
        let strict: Set<String> = ["STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "TRADITIONAL"]
        if words.isDisjoint(with: strict) {
            add(
                .warning, "sql_mode is not strict: a change can cut values off without an error",
                "add STRICT_TRANS_TABLES to the server's sql_mode")
        }
        if !words.isDisjoint(with: strict) { add(.ok, "sql_mode is strict") }
    }

    private mutating func examineBinaryLog(_ variables: [String: String]) {
        let isOn = variables["log_bin"] == "ON"
        let format = variables["binlog_format"].map { ", binlog_format \($0)" } ?? ""
        add(.ok, "log_bin \(isOn ? "ON" + format : "OFF")")
    }

    private mutating func examineReadOnly(_ variables: [String: String], _ shards: [Shard]) {
        let state = ReadOnlyState(variables)
        guard let setting = state.setting else { return }
        if shards.isEmpty {
            return add(
                .failed, "\(setting): no workspace is made on a server that takes no changes",
                "set workspace.host to one that does")
        }
        let refused = shards.filter { shard in
            ReadOnlyRefusal(ObservationTarget(shard), state) != nil
        }
        guard !refused.isEmpty else {
            return add(
                .warning, "\(setting): changed all the same, as `read_only: allow` says",
                "its account needs READ ONLY ADMIN (MariaDB) or CONNECTION_ADMIN (MySQL)")
        }
        add(
            .warning,
            "\(setting): \(Count.of(refused.count, "shard")) looked at, and not changed",
            "point the shards at the primary, or say `read_only: allow` with them")
    }

    /// Reports settings of the server that Plumb overrides in its sessions, as they would end or
    /// change its statements.
    private mutating func examineLifted(_ variables: [String: String]) {
        let lifted = SessionLimits.lifted.compactMap { setting -> String? in
            guard let value = variables[setting.name], !setting.isHarmless(value) else {
                return nil
            }
            return "\(setting.name) \(value)"
        }
        if !lifted.isEmpty {
            add(.ok, "lifted in Plumb's sessions: \(lifted.joined(separator: ", "))")
        }
        guard let bytes = variables["max_allowed_packet"].flatMap({ Int($0) }),
            bytes < Self.leastPacketBytes
        else { return }
        add(
            .warning, "max_allowed_packet is \(bytes) bytes: a large definition cannot be sent",
            "raise it to \(Self.leastPacketBytes) or more; no session can")
    }

    private static let leastPacketBytes = 1 << 20

    private mutating func examineCache(
        _ connection: MySQLClient.Connection, _ variables: [String: String]
    ) throws(MySQLError) {
        let rows = try connection.query(
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA NOT IN "
                + "('information_schema', 'performance_schema', 'mysql', 'sys')")
        guard let tables = rows.first?[0].flatMap({ Int($0) }),
            let cache = variables["table_definition_cache"].flatMap({ Int($0) })
        else { return }
        guard cache < tables else {
            add(.ok, "table_definition_cache \(cache) holds all \(tables) tables")
            return
        }
        add(
            .warning, "table_definition_cache \(cache) is less than the \(tables) tables",
            "raise it above \(tables): every pass that reads all tables gets faster")
    }

    // MARK: Databases

    private mutating func examineDatabases(_ shards: [Shard], _ facts: ExaminedServerFacts) {
        guard !shards.isEmpty else { return }
        let shared = SharedDatabases(shards, profiles: shards.map { ($0, facts.profile) }).problems
        for reason in Set(shared.values.map(\.reason)).sorted() {
            add(.failed, reason, "until then these shards are left alone", area: .databases)
        }
        let missing = shards.map(\.database)
            .filter { facts.databases[facts.folded($0)] == nil }.sorted()
        guard !missing.isEmpty else {
            add(
                .ok, "the databases of \(Count.of(shards.count, "shard")) are there",
                area: .databases)
            return
        }
        add(
            .failed,
            "\(NameList.text(missing)): "
                + Count.of(missing.count, of: shards.count, "database")
                + " not there, or not to be seen by this account",
            "create them, or grant the account a privilege on them", area: .databases)
    }
}

/// Some names as a list, with the number of those left out.
enum NameList {
    static func text(_ names: [String], limit: Int = 10) -> String {
        let shown = names.prefix(limit).map(SQL.identifier).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
