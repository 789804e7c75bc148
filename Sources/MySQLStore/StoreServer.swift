import MySQLClient

/// One of the servers of a store, which is tried where another one cannot be used.
package struct StoreServer: Sendable {
    /// What it is called in messages; without a password.
    package let name: String
    /// Opens a session with it.
    package let connect: @Sendable () throws(MySQLError) -> Connection

    package init(
        name: String, connect: @escaping @Sendable () throws(MySQLError) -> Connection
    ) {
        self.name = name
        self.connect = connect
    }
}

/// Whether a server can keep a store just now, by what it says of itself.
struct NodeState {
    /// Whether it is a node of a Galera cluster, where each node commits for itself.
    let isGalera: Bool

    /// Asks the server; throws, as one that passes, what keeps it from being used.
    init(of connection: Connection) throws(MySQLError) {
        let answers = try connection.answers(to: [
            "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', "
                + "'innodb_read_only', 'offline_mode', 'wsrep_on', 'group_replication_group_name')",
            "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_status')",
        ])
        var facts: [String: String] = [:]
        for answer in answers {
            for row in try answer.get() { facts[row[0]?.lowercased() ?? ""] = row[1] ?? "" }
        }
        isGalera = facts["wsrep_on"] == "ON"
        var member: Row?
        if facts["group_replication_group_name"].map({ !$0.isEmpty }) == true {
            member =
                try connection.query(
                    "SELECT MEMBER_STATE, MEMBER_ROLE FROM "
                        + "performance_schema.replication_group_members "
                        + "WHERE MEMBER_ID = @@server_uuid"
                ).first
        }
        let fault = Self.fault(facts) ?? member.flatMap { Self.fault(state: $0[0], role: $0[1]) }
        if let fault {
            throw MySQLError(
                kind: .readOnly, message: "it takes no transitions: \(fault)",
                server: connection.server, retry: .retryable)
        }
    }

    /// What keeps a server with these settings from being used; nil where nothing does.
    static func fault(_ facts: [String: String]) -> String? {
        let state = ReadOnlyState(facts.merging(["read_only": facts["read_only"] ?? "OFF"]) { $1 })
        if let setting = state.setting { return setting }
        if facts["offline_mode"] == "ON" { return "offline_mode=ON" }
        guard facts["wsrep_on"] == "ON" else { return nil }
        if let status = facts["wsrep_cluster_status"], status != "Primary" {
            return "wsrep_cluster_status=\(status): it is cut off from most of its cluster"
        }
        return facts["wsrep_ready"] == "ON"
            ? nil : "wsrep_ready=\(facts["wsrep_ready"] ?? "unknown")"
    }

    /// The same for a member of a group replication.
    static func fault(state: String?, role: String?) -> String? {
        guard state == "ONLINE", role == "PRIMARY" else {
            return "it is a \(role ?? "") member of its group, and \(state ?? "unknown")"
        }
        return nil
    }
}

extension MySQLError {
    /// Whether it says that the server itself cannot keep the store any more: another one may.
    var isOfNode: Bool { kind == .readOnly || number == Self.notPrepared }

    /// `ER_UNKNOWN_COM_ERROR`: "WSREP has not yet prepared node for application use".
    private static let notPrepared: UInt32 = 1047
}
