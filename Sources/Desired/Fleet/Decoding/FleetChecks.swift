import Schema

/// Checks `plumb.yaml` for contradictions between its parts.
struct FleetChecks {
    let fleet: Fleet
    let diagnostics: DiagnosticList

    func run() {
        for namespace in fleet.namespaces {
            renames(namespace)
            unique(namespace.retire, "the table", "`retire` of `\(namespace.name)`")
            finalizer(namespace)
        }
        for environment in fleet.environments {
            unique(environment.namespaces, "the namespace", "`\(environment.name)`")
            unique(environment.after, "the environment", "`after` of `\(environment.name)`")
            references(environment)
            hosts(environment)
            _ = ShardResolution(
                fleet: fleet, environment: environment, diagnostics: diagnostics
            ).shards(nil, discovered: nil)
        }
        cycles()
        waves()
    }

    /// A wave of selected shards that selects none would let its canaries be skipped.
    private func waves() {
        for wave in fleet.policy.rollout.waves {
            guard case .selected(let selector) = wave.size, !selectsSome(selector) else { continue }
            diagnostics.error(
                .selectsNothing, "the selector \(selector) of a wave selects no shard",
                remedy: "correct it, or give shards these labels", at: selector.location)
        }
    }

    private func selectsSome(_ selector: Selector) -> Bool {
        fleet.namespaces.flatMap(\.shards).contains { entry in
            switch entry.source {
            case .listed(let shards):
                shards.contains { selector.selects(name: $0.name, labels: entry.labels) }
            // Which names are discovered there, only its server knows.
            case .discovered: entry.labels.haveAll(selector.labels)
            }
        }
    }

    private func unique(_ names: [Located<String>], _ what: String, _ list: String) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name.value).inserted {
            diagnostics.error(
                .invalidValue, "\(what) `\(name.value)` stands in \(list) twice",
                remedy: "remove one of the two", at: name.location)
        }
    }

    /// Two renames must not use the same name, and tables must not swap their names.
    private func renames(_ namespace: Namespace) {
        var from: Set<[String]> = []
        var to: Set<[String]> = []
        for hint in namespace.renames {
            let words = Self.words(hint.subject)
            let isNewFrom = from.insert(words.place + [words.from]).inserted
            let isNewTo = to.insert(words.place + [words.to]).inserted
            guard !isNewFrom || !isNewTo else { continue }
            let name = isNewFrom ? words.to : words.from
            diagnostics.error(
                .conflictingRename, "two renames name the \(words.what) `\(name)`\(words.owner)",
                remedy: "keep one of the two", at: hint.location)
        }
        circles(namespace)
    }

    private static func words(
        _ subject: RenameHint.Subject
    ) -> (place: [String], what: String, owner: String, from: String, to: String) {
        switch subject {
        case .table(let hint): (["table"], "table", "", hint.from, hint.to)
        case .column(let hint):
            (["column", hint.table], "column", " of `\(hint.table)`", hint.from, hint.to)
        case .index(let hint):
            (["index", hint.table], "index", " of `\(hint.table)`", hint.from, hint.to)
        }
    }

    /// Renames in a circle: once one was carried out, the tables could not be told apart.
    private func circles(_ namespace: Namespace) {
        var next: [String: (to: String, location: SourceLocation)] = [:]
        for hint in namespace.renames {
            guard case .table(let rename) = hint.subject else { continue }
            next[rename.from] = next[rename.from] ?? (rename.to, hint.location)
        }
        var reported: Set<String> = []
        for start in next.keys.sorted() where !reported.contains(start) {
            var path = [start]
            while let name = path.last, let step = next[name], !path.contains(step.to) {
                path.append(step.to)
            }
            guard let last = path.last, next[last]?.to == start, let place = next[start] else {
                continue
            }
            reported.formUnion(path)
            diagnostics.error(
                .conflictingRename,
                "the renames of tables run in a circle: "
                    + (path + [start]).map { "`\($0)`" }.joined(separator: " to "),
                remedy: "give one of them a third name in a commit of its own, and this name in "
                    + "the next", at: place.location)
        }
    }

    private func references(_ environment: Environment) {
        let namespaces = fleet.namespaces.map(\.name)
        for name in environment.namespaces where !namespaces.contains(name.value) {
            diagnostics.error(
                .danglingNamespace,
                "the environment `\(environment.name)` names the namespace `\(name.value)`, "
                    + "which is not in this file",
                remedy: Nearest.remedy(name.value, in: namespaces, what: "namespaces"),
                at: name.location)
        }
        let environments = fleet.environments.map(\.name)
        for name in environment.after where !environments.contains(name.value) {
            diagnostics.error(
                .danglingEnvironment,
                "the environment `\(environment.name)` comes after `\(name.value)`, "
                    + "which is not in this file",
                remedy: Nearest.remedy(name.value, in: environments, what: "environments"),
                at: name.location)
        }
    }

    /// What a finalizer calls is on a server of the fleet: no other may be named there.
    private func finalizer(_ namespace: Namespace) {
        guard case .call(_, let host)? = namespace.finalizer?.work else { return }
        let known = Set(fleet.namespaces.flatMap { $0.hosts.map(\.host) })
        guard !known.contains(host.value) else { return }
        diagnostics.error(
            .danglingHost,
            "the finalizer of `\(namespace.name)` names the host \(host.value), "
                + "which no shard of this file has",
            remedy: Nearest.remedy(
                host.value.description, in: known.map(\.description).sorted(), what: "hosts"),
            at: host.location)
    }

    private func hosts(_ environment: Environment) {
        guard let map = environment.hosts else { return }
        var known = Set(
            environment.namespaces.compactMap { fleet.namespace($0.value) }
                .flatMap { $0.hosts.map(\.host) })
        if let host = fleet.workspace.host { known.insert(host) }
        for (host, place) in map.places where !known.contains(host) {
            diagnostics.error(
                .danglingHost,
                "the environment `\(environment.name)` maps the host \(host), "
                    + "which none of its shards has",
                remedy: Nearest.remedy(
                    host.description, in: known.map(\.description).sorted(), what: "hosts"),
                at: place)
        }
    }

    /// Reports each cycle of `after` once, at one of its environments.
    private func cycles() {
        var reported: Set<String> = []
        for environment in fleet.environments where !reported.contains(environment.name) {
            guard let path = path(from: environment.name, to: environment.name) else { continue }
            reported.formUnion(path)
            let place = environment.after.first { $0.value == path.dropFirst().first }?.location
            diagnostics.error(
                .dependencyCycle,
                "`after` runs in a circle: " + path.joined(separator: " after "),
                remedy: "remove one of these `after`", at: place ?? environment.location)
        }
    }

    /// The shortest path along `after`, with both of its ends.
    private func path(from start: String, to end: String) -> [String]? {
        var ways = [[start]]
        var seen: Set<String> = []
        while !ways.isEmpty {
            let way = ways.removeFirst()
            guard let last = way.last, let environment = fleet.environment(last) else { continue }
            for next in environment.after.map(\.value) {
                if next == end { return way + [next] }
                if seen.insert(next).inserted { ways.append(way + [next]) }
            }
        }
        return nil
    }
}
