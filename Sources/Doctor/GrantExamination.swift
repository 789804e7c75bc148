import Desired
import MySQLClient
import Observed
import Schema

/// Compares the privileges that Plumb needs with those that its accounts have.
struct GrantExamination {
    private(set) var checks: [DoctorReport.Check] = []

    private let fleet: Fleet

    /// - Parameter others: the facts of the accounts for purposes other than reading.
    init(
        shards: ShardExamination, fleet: Fleet, environment: Desired.Environment,
        facts: [ServerAddress: ExaminedServerFacts], others: [ServerAddress: AccountPrivileges]
    ) {
        self.fleet = fleet
        let byServer = Dictionary(grouping: shards.named, by: \.server)
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
                examine(server, own, facts, .looking)
            } else {
                examine(server, own, facts, .changing)
            }
            if let changer { examine(server, own, changer, .changing) }
            if workspaces.contains(server) {
                examineWorkspace(
                    server, kinds: kinds(shards.named),
                    others[server]?.facts[.workspace] ?? facts)
            }
            examineOptional(server, facts)
            examineCalls(server, environment, others[server]?.facts[.change] ?? facts)
        }
    }

    /// The procedures that finalizers have a server call.
    private mutating func examineCalls(
        _ server: ServerAddress, _ environment: Desired.Environment, _ facts: ExaminedServerFacts
    ) {
        for name in environment.namespaces.map(\.value).sorted() {
            guard case .call(let call, let host)? = fleet.namespace(name)?.finalizer?.work,
                environment.hosts.map({ $0.pairs[host.value] }) ?? host.value == server,
                !facts.grants.executes(
                    call.procedure, of: call.database, foldsCase: facts.foldsCase)
            else { continue }
            let routine = SQL.identifier(call.database) + "." + SQL.identifier(call.procedure)
            add(
                server, .failed,
                "no EXECUTE on the procedure \(call.name), which the finalizer of \(name) calls",
                "GRANT EXECUTE ON PROCEDURE \(routine) TO \(facts.account)" + Self.hint(facts))
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

    /// The kinds of objects besides tables that are managed on any of the shards.
    private func kinds(_ shards: [Shard]) -> Set<ObjectName.Kind> {
        shards.reduce(into: []) {
            $0.formUnion(fleet.namespace($1.id.namespace)?.managedObjects ?? [])
        }
    }

    /// What databases have in common: the privileges that they grant, or those that are missing.
    private struct Finding: Hashable {
        let isLacking: Bool
        let privileges: [String]
    }

    private mutating func examine(
        _ server: ServerAddress, _ shards: [Shard], _ facts: ExaminedServerFacts,
        _ use: GrantNeeds.Use
    ) {
        guard !shards.isEmpty else { return }
        let flavour = facts.profile.flavour
        // Databases that lack the same privileges are one finding.
        let groups = Dictionary(grouping: shards) { shard in
            let needed = GrantNeeds(use, kinds: kinds([shard]), flavour: flavour).privileges
            let missing = needed.filter {
                !facts.grants.holds($0, on: shard.database, foldsCase: facts.foldsCase)
            }
            return Finding(
                isLacking: !missing.isEmpty, privileges: missing.isEmpty ? needed : missing)
        }.mapValues { $0.map(\.database).sorted() }
        let all = GrantNeeds(use, kinds: kinds(shards), flavour: flavour)
        let fixed = shards.map(\.database).sorted().filter { name in
            all.toRename.map { !facts.grants.holds($0, on: name, foldsCase: facts.foldsCase) }
                ?? false
        }
        for (finding, names) in groups.sorted(by: {
            ($0.value.first ?? "", $0.value.count) < ($1.value.first ?? "", $1.value.count)
        }) {
            let missing = finding.privileges
            if !finding.isLacking {
                add(
                    server, .ok,
                    "\(finding.privileges.joined(separator: ", ")) on the databases of "
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
        if all.readsRoutines, !facts.grants.readsRoutines(flavour) {
            let need = GrantNeeds.routineTexts(flavour)
            add(
                server, .failed,
                "no \(need.privilege) on \(need.on): the texts of routines cannot be read",
                "GRANT \(need.privilege) ON \(need.on) TO \(facts.account)" + Self.hint(facts))
        }
        examineRoles(server, shards, facts)
        if let toRename = all.toRename, !fixed.isEmpty {
            add(
                server, .warning,
                "\(NameList.text(fixed)): no \(toRename): a table cannot be given "
                    + "another name",
                Self.grants([toRename], on: fixed, to: facts))
        }
    }

    /// Servers count a role's privileges when a statement runs, but not when they filter the rows
    /// of `information_schema`.
    private mutating func examineRoles(
        _ server: ServerAddress, _ shards: [Shard], _ facts: ExaminedServerFacts
    ) {
        let isMySQL = facts.profile.flavour == .mysql
        let kinds: [(kind: ObjectName.Kind, privilege: String)] = [
            (.trigger, "TRIGGER"), (.event, "EVENT"),
            (.procedure, isMySQL ? "SHOW_ROUTINE" : "EXECUTE"),
        ]
        for (kind, privilege) in kinds {
            let names = shards.filter { shard in
                self.kinds([shard]).contains(kind)
                    && !facts.visibility.shows(kind, of: facts.folded(shard.database))
                    && facts.grants.holds(
                        privilege, on: shard.database, foldsCase: facts.foldsCase)
            }.map(\.database).sorted()
            guard !names.isEmpty else { continue }
            add(
                server, .failed,
                "\(NameList.text(names)): \(privilege) by a role only: the server's lists leave "
                    + "out what the account itself has no right to",
                privilege == "SHOW_ROUTINE"
                    ? "GRANT \(privilege) ON *.* TO \(facts.account)"
                    : Self.grants([privilege], on: names, to: facts, hints: false))
        }
    }

    private static func grants(
        _ privileges: [String], on names: [String], to facts: ExaminedServerFacts,
        hints: Bool = true
    ) -> String {
        let list = privileges.joined(separator: ", ")
        let shown = names.prefix(3).map { name in
            "GRANT \(list) ON \(SQL.identifier(DatabasePattern.escaped(name))).* "
                + "TO \(facts.account)"
        }
        let rest = names.count > 3 ? "; and so on for \(names.count - 3) more" : ""
        return shown.joined(separator: "; ") + rest + (hints ? hint(facts) : "")
    }

    private static func hint(_ facts: ExaminedServerFacts) -> String {
        let roles = facts.grants.roles
        guard !roles.isEmpty else { return "" }
        return "; or make the role \(NameList.text(roles)) a default role of the account"
    }

    // MARK: Workspace

    /// The servers that a pass uses for scratch databases: the one in the fleet file, and for
    /// shards of another profile the first server with that profile.
    private static func workspaces(
        _ shards: ShardExamination, _ facts: [ServerAddress: ExaminedServerFacts]
    ) -> Set<ServerAddress> {
        let preferred = shards.workspace
        var result: Set<ServerAddress> = preferred.map { [$0] } ?? []
        var seen: Set<ServerProfile> = []
        for shard in shards.named {
            guard let own = facts[shard.server], let profile = own.profile(of: shard.database),
                seen.insert(profile).inserted
            else { continue }
            let isLikePreferred = preferred.flatMap { facts[$0] }?.profile == own.profile
            if !isLikePreferred { result.insert(shard.server) }
        }
        return result
    }

    private mutating func examineWorkspace(
        _ server: ServerAddress, kinds: Set<ObjectName.Kind>, _ facts: ExaminedServerFacts
    ) {
        let prefix = fleet.workspace.prefix
        let needs = GrantNeeds(.changing, kinds: kinds, flavour: facts.profile.flavour)
        // Any name of this form stands for all of them.
        let sample = "\(prefix)_0123456789abcdef"
        let missing = needs.privileges.filter {
            !facts.grants.holds($0, on: sample, foldsCase: facts.foldsCase)
        }
        let pattern = SQL.identifier(DatabasePattern.escaped(prefix + "_") + "%")
        if let toRename = needs.toRename,
            !facts.grants.holds(toRename, on: sample, foldsCase: facts.foldsCase)
        {
            add(
                server, .warning,
                "scratch databases \(pattern): no \(toRename): another name of a table "
                    + "cannot be proved here",
                "GRANT \(toRename) ON \(pattern).* TO \(facts.account)"
                    + Self.hint(facts))
        }
        let temporary = GrantNeeds.temporaryTables
        if !facts.grants.holds(temporary, on: sample, foldsCase: facts.foldsCase) {
            add(
                server, .warning,
                "scratch databases \(pattern): no \(temporary): tables that git changes are made "
                    + "for good here to see how the server writes them, which takes longer",
                "GRANT \(temporary) ON \(pattern).* TO \(facts.account)" + Self.hint(facts))
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

    private mutating func examineOptional(_ server: ServerAddress, _ facts: ExaminedServerFacts) {
        let grants = facts.grants
        if !grants.holds("SELECT", onTable: "innodb_table_stats", of: "mysql") {
            add(
                server, .warning,
                "no SELECT on mysql.innodb_table_stats: after any change on the server a pass "
                    + "reads every table, and plans show sizes only where the slower "
                    + "information_schema has them",
                "GRANT SELECT ON mysql.innodb_table_stats TO \(facts.account)")
        }
        if !grants.holdsGlobally("PROCESS") {
            add(
                server, .warning,
                "no PROCESS: passes cannot see whether a schema is being changed, and look at "
                    + "each shard, also where nothing was",
                "GRANT PROCESS ON *.* TO \(facts.account)")
        }
        if facts.profile.flavour == .mysql,
            !grants.holds("SELECT", onTable: "metadata_locks", of: "performance_schema")
        {
            add(
                server, .warning,
                "no SELECT on performance_schema.metadata_locks: likewise, as a table may wait there "
                    + "for the COMMIT of its session",
                "GRANT SELECT ON performance_schema.* TO \(facts.account)")
        }
    }
}

/// Finds shards of a namespace on servers whose settings make them print schemas differently.
struct ProfileExamination {
    private(set) var checks: [DoctorReport.Check] = []

    init(shards: [Shard], facts: [ServerAddress: ExaminedServerFacts]) {
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
        values["sql_mode"] = profile.fileMode
        values["character set"] = profile.characterSet
        values["collation"] = profile.collation
        return values
    }
}
