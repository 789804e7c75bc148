import Desired
import Schema

/// What Plumb needs to be allowed, against what its account is allowed.
struct GrantExamination {
    private(set) var checks: [DoctorReport.Check] = []

    /// What a shard's database and the scratch databases take.
    static let needed = ["SELECT", "CREATE", "ALTER", "INDEX", "DROP", "REFERENCES"]
    /// What a table's new name takes besides, on the shard and where the change is proved.
    private static let neededToRename = "INSERT"

    /// - Parameter others: what accounts for other purposes than looking may do.
    init(
        shards: ShardExamination, fleet: Fleet, facts: [ServerAddress: ServerFacts],
        others: [ServerAddress: AccountFacts]
    ) {
        let byServer = Dictionary(grouping: shards.shards, by: \.server)
        let workspaces = Self.workspaces(shards, facts)
        for server in shards.servers {
            guard let facts = facts[server] else { continue }
            if !facts.grants.unread.isEmpty {
                add(
                    server, .warning,
                    "\(Count.of(facts.grants.unread.count, "line")) of SHOW GRANTS not understood",
                    "if plumb lacks a privilege all the same, grant it to the account itself")
            }
            let own = byServer[server] ?? []
            let changer = others[server]?.facts[.change]
            if changer != nil || others[server]?.isReadOnly == true {
                examine(server, own, facts, needed: ["SELECT"], toRename: nil)
            } else {
                examine(server, own, facts, needed: Self.needed, toRename: Self.neededToRename)
            }
            if let changer {
                examine(server, own, changer, needed: Self.needed, toRename: Self.neededToRename)
            }
            if workspaces.contains(server) {
                examineWorkspace(
                    server, prefix: fleet.workspace.prefix,
                    others[server]?.facts[.workspace] ?? facts)
            }
            examineOptional(server, facts)
        }
    }

    private mutating func add(
        _ server: ServerAddress, _ status: DoctorReport.Check.Status, _ message: String,
        _ remedy: String? = nil
    ) {
        checks.append(
            DoctorReport.Check(.grants, server.description, status, message, remedy: remedy))
    }

    // MARK: Shards

    private mutating func examine(
        _ server: ServerAddress, _ shards: [Shard], _ facts: ServerFacts, needed: [String],
        toRename: String?
    ) {
        guard !shards.isEmpty else { return }
        // Databases that lack the same are one finding.
        let groups = Dictionary(grouping: shards.map(\.database)) { database in
            needed.filter {
                !facts.grants.holds($0, on: database, foldsCase: facts.foldsCase)
            }
        }
        let fixed = shards.map(\.database).sorted().filter { name in
            toRename.map { !facts.grants.holds($0, on: name, foldsCase: facts.foldsCase) } ?? false
        }
        for (missing, databases) in groups.sorted(by: {
            $0.value.min() ?? "" < $1.value.min() ?? ""
        }) {
            let names = databases.sorted()
            if missing.isEmpty {
                add(
                    server, .ok,
                    "\(needed.joined(separator: ", ")) on the databases of "
                        + Count.of(names.count, "shard"))
                continue
            }
            let partly = missing.filter { privilege in
                names.contains { facts.grants.holdsPartly(privilege, on: $0) }
            }
            let hint =
                partly.isEmpty
                ? "" : " (\(partly.joined(separator: ", ")) on single tables or columns only)"
            add(
                server, .failed,
                "\(NameList.text(names)): no \(missing.joined(separator: ", "))\(hint)",
                Self.grants(missing, on: names, to: facts))
        }
        if let toRename, !fixed.isEmpty {
            add(
                server, .warning,
                "\(NameList.text(fixed)): no \(toRename): a table cannot be given "
                    + "another name",
                Self.grants([toRename], on: fixed, to: facts))
        }
    }

    private static func grants(
        _ privileges: [String], on names: [String], to facts: ServerFacts
    ) -> String {
        let list = privileges.joined(separator: ", ")
        let shown = names.prefix(3).map { name in
            "GRANT \(list) ON \(SQL.identifier(DatabasePattern.escaped(name))).* "
                + "TO \(facts.account)"
        }
        let rest = names.count > 3 ? "; and so on for \(names.count - 3) more" : ""
        return shown.joined(separator: "; ") + rest + hint(facts)
    }

    private static func hint(_ facts: ServerFacts) -> String {
        let roles = facts.grants.roles
        guard !roles.isEmpty else { return "" }
        return "; or make the role \(NameList.text(roles)) a default role of the account"
    }

    // MARK: Workspace

    /// The servers on which a pass makes scratch databases: the one in the fleet file, and for
    /// shards of another kind, the first server of theirs.
    private static func workspaces(
        _ shards: ShardExamination, _ facts: [ServerAddress: ServerFacts]
    ) -> Set<ServerAddress> {
        let preferred = shards.workspace
        var result: Set<ServerAddress> = preferred.map { [$0] } ?? []
        var seen: Set<ServerProfile> = []
        for shard in shards.shards {
            guard let own = facts[shard.server], let profile = own.profile(of: shard.database),
                seen.insert(profile).inserted
            else { continue }
            let isLikePreferred = preferred.flatMap { facts[$0] }?.profile == own.profile
            if !isLikePreferred { result.insert(shard.server) }
        }
        return result
    }

    private mutating func examineWorkspace(
        _ server: ServerAddress, prefix: String, _ facts: ServerFacts
    ) {
        // Any name of this shape stands for all of them.
        let sample = "\(prefix)_0123456789abcdef"
        let missing = Self.needed.filter {
            !facts.grants.holds($0, on: sample, foldsCase: facts.foldsCase)
        }
        let pattern = SQL.identifier(DatabasePattern.escaped(prefix + "_") + "%")
        if !facts.grants.holds(Self.neededToRename, on: sample, foldsCase: facts.foldsCase) {
            add(
                server, .warning,
                "scratch databases \(pattern): no \(Self.neededToRename): another name of a table "
                    + "cannot be proved here",
                "GRANT \(Self.neededToRename) ON \(pattern).* TO \(facts.account)"
                    + Self.hint(facts))
        }
        guard !missing.isEmpty else {
            add(server, .ok, "scratch databases \(pattern) can be made, changed and dropped")
            return
        }
        add(
            server, .failed,
            "scratch databases \(pattern): no \(missing.joined(separator: ", ")): nothing can be "
                + "normalised or proved here",
            "GRANT \(missing.joined(separator: ", ")) ON \(pattern).* TO \(facts.account)"
                + Self.hint(facts))
    }

    // MARK: Optional privileges

    private mutating func examineOptional(_ server: ServerAddress, _ facts: ServerFacts) {
        let grants = facts.grants
        if !grants.holds("SELECT", onTable: "innodb_table_stats", of: "mysql") {
            add(
                server, .warning,
                "no SELECT on mysql.innodb_table_stats: every pass reads every table, and plans "
                    + "show sizes only where the slower information_schema has them",
                "GRANT SELECT ON mysql.innodb_table_stats TO \(facts.account)")
        }
        if !grants.holdsGlobally("PROCESS") {
            add(
                server, .warning,
                "no PROCESS: shards whose tables were changed in one second are read in full by "
                    + "every pass",
                "GRANT PROCESS ON *.* TO \(facts.account)")
        }
    }
}

/// Shards of one namespace on servers that write schemas back differently.
struct ProfileExamination {
    private(set) var checks: [DoctorReport.Check] = []

    init(shards: [Shard], facts: [ServerAddress: ServerFacts]) {
        for (namespace, own) in Dictionary(grouping: shards, by: \.id.namespace)
            .sorted(by: { $0.key < $1.key })
        {
            var groups: [ServerProfile: [String]] = [:]
            for shard in own {
                guard let profile = facts[shard.server]?.profile(of: shard.database) else {
                    continue
                }
                groups[profile, default: []].append(shard.id.shard)
            }
            let sorted = groups.sorted {
                ($1.value.count, $0.value.first ?? "") < ($0.value.count, $1.value.first ?? "")
            }
            guard let most = sorted.first else { continue }
            if sorted.count == 1 {
                checks.append(
                    .init(
                        .profiles, namespace, .ok,
                        "\(Count.of(most.value.count, "shard")), all alike"))
            }
            for other in sorted.dropFirst() {
                checks.append(Self.check(namespace, other.value, other.key, beside: most.key))
            }
        }
    }

    private static func check(
        _ namespace: String, _ shards: [String], _ profile: ServerProfile,
        beside usual: ServerProfile
    ) -> DoctorReport.Check {
        let values = (values(profile), values(usual))
        let names = Set(values.0.keys).union(values.1.keys).sorted()
        let differences = names.compactMap { name -> String? in
            let (own, other) = (values.0[name] ?? "unset", values.1[name] ?? "unset")
            return own == other ? nil : "\(name) \(own) instead of \(other)"
        }
        return DoctorReport.Check(
            .profiles, namespace, .warning,
            "\(NameList.text(shards)): unlike most shards: \(differences.joined(separator: ", "))",
            remedy: "set them alike: the same file can mean another table there")
    }

    private static func values(_ profile: ServerProfile) -> [String: String] {
        var values = profile.settings
        values["flavour"] = profile.flavour.rawValue
        values["version"] = profile.version
        values["sql_mode"] = profile.sqlMode
        values["character set"] = profile.characterSet
        values["collation"] = profile.collation
        return values
    }
}
