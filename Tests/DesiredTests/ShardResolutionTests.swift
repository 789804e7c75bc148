import Schema
import Testing

@testable import Desired

@Suite struct ShardResolutionTests {
    private struct Unreachable: Error, CustomStringConvertible {
        let description = "connection refused"
    }

    private func resolve(
        _ text: String, _ environment: String? = nil, namespaces: Set<String>? = nil,
        discovered: Discovery = { _, _ in [] }
    ) throws -> [String] {
        let fleet = try fleet(text)
        do {
            return try fleet.resolve(
                fleet.selectEnvironment(environment), namespaces: namespaces,
                discovered: discovered
            ).map { shard in
                let labels = shard.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                return ([shard.id.description, shard.server.description, shard.database] + labels)
                    .joined(separator: " ")
            }
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    private let discovery =
        "[{discover: {host: db-7, like: \"t%\"}, labels: {kind: tenant}}, {name: a, host: db-7}]"

    @Test func discoveredSchemasAreShards() throws {
        let shards = try resolve(fleetText(shards: discovery)) { host, like in
            #expect(host == .tcp(host: "db-7", port: 3306))
            #expect(like == "t%")
            return ["t2", "t1", "mysql", "sys", "_plumb_ws_0123456789abcdef"]
        }
        #expect(
            shards == [
                "commerce/t1 db-7:3306 t1 kind=tenant", "commerce/t2 db-7:3306 t2 kind=tenant",
                "commerce/a db-7:3306 a",
            ])
    }

    @Test(
        "only what says so is changed on a read-only server",
        arguments: [
            ("{name: a, host: h}", ReadOnlyServers.refuse),
            ("{name: a, host: h, read_only: refuse}", .refuse),
            ("{name: a, host: h, read_only: allow}", .allow),
            ("{pattern: a, hosts: [h], read_only: allow}", .allow),
            ("{discover: {host: h, like: a}, read_only: allow}", .allow),
        ])
    func readOnlyServers(entry: String, wanted: ReadOnlyServers) throws {
        let fleet = try fleet(fleetText(shards: "[\(entry), {name: b, host: h}]"))
        let shards = try fleet.resolve(fleet.selectEnvironment(nil)) { _, _ in ["a"] }
        #expect(shards.map(\.readOnly) == [wanted, .refuse])
    }

    @Test func whatCannotBeDiscoveredIsNeverEmpty() throws {
        #expect(
            try resolve(fleetText(shards: discovery)) { _, _ in throw Unreachable() } == [
                "plumb.yaml:5:14: error: the schemas of db-7:3306 cannot be listed: connection "
                    + "refused [discovery-failed]; make the server reachable; without it nobody "
                    + "knows its shards"
            ])
        #expect(
            try resolve(fleetText(shards: discovery)) { _, _ in ["mysql"] } == [
                "plumb.yaml:5:14: error: no schema on db-7:3306 is LIKE `t%` [no-shards]; "
                    + "correct the pattern, or remove the entry"
            ])
        #expect(
            try resolve(fleetText(shards: discovery)) { _, _ in ["t 1"] } == [
                "plumb.yaml:5:14: error: the schema `t 1` on db-7:3306 has a space or a control "
                    + "character [invalid-value]; narrow `like`, or list this shard with a "
                    + "`name` of its own"
            ])
        #expect(
            try resolve(fleetText(shards: discovery)) { _, _ in ["a"] } == [
                "plumb.yaml:5:76: error: the shard commerce/a is here for the second time "
                    + "[duplicate-shard]; give every shard of a namespace its own name"
            ])
    }

    @Test func selectorsMayWaitForDiscovery() throws {
        let text = fleetText(
            namespace: "overlays: [{selector: {kind: tenant, shard: t9}, path: o}]",
            shards: discovery)
        #expect(faults(text).isEmpty)
        #expect(
            try resolve(text) { _, _ in ["t1"] } == [
                "plumb.yaml:6:27: error: the selector {kind: tenant, shard: t9} selects no shard "
                    + "of `commerce` [selects-nothing]; correct it, or remove its entry"
            ])
        #expect(try resolve(text) { _, _ in ["t9"] }.count == 2)
        #expect(
            faults(
                fleetText(
                    namespace: "overlays: [{selector: {kind: tennant}, path: o}]",
                    shards: discovery)
            ).count == 1)
    }

    @Test func anEnvironmentMapsItsHosts() throws {
        let text = fleetText(
            environment: "hosts: {\"db-{0..3}\": \"stage-{0..3}:3307\"}",
            tail: "workspace: {host: db-2}",
            shards: "[{pattern: \"s{0..3}\", hosts: [\"db-{0..3}\"]}]")
        #expect(
            try resolve(text) == [
                "commerce/s0 stage-0:3307 s0", "commerce/s1 stage-1:3307 s1",
                "commerce/s2 stage-2:3307 s2", "commerce/s3 stage-3:3307 s3",
            ])
        let fleet = try fleet(text)
        let environment = try fleet.selectEnvironment(nil)
        #expect(fleet.namedWorkspace(environment) == .tcp(host: "stage-2", port: 3307))
    }

    @Test func hostsThatBecomeOneStillNeedSchemasOfTheirOwn() throws {
        let shards = "[{name: a, host: db-0, database: x}, {name: b, host: db-1, database: x}]"
        #expect(faults(fleetText(shards: shards)).isEmpty)
        #expect(
            faults(fleetText(environment: "hosts: {\"db-{0..1}\": one}", shards: shards)) == [
                "plumb.yaml:5:50: error: the shards commerce/a and commerce/b are both the "
                    + "schema `x` on one:3306 [duplicate-database]; give every shard a schema "
                    + "of its own"
            ])
    }

    @Test func aShardIsNeverWherePlumbKeepsItsOwnThings() {
        #expect(
            faults(fleetText(tail: "ledger: mysql://u@db-1:3306/b")) == [
                "plumb.yaml:5:37: error: the shard commerce/b and the ledger are both the schema "
                    + "`b` on db-1:3306 [duplicate-database]; give the ledger a schema of its own"
            ])
        #expect(faults(fleetText(tail: "ledger: mysql://u@db-0:3306/b")).isEmpty)
        #expect(
            faults(fleetText(tail: "workspace: {prefix: a}")) == [
                "plumb.yaml:5:14: error: the schema `a` of the shard commerce/a is named like a "
                    + "scratch schema [invalid-value]; set `prefix` in `workspace` to something "
                    + "else"
            ])
    }

    @Test(
        "attack: a prefix of scratch schemas that reaches into what discovery finds is refused",
        arguments: [
            ("customer\\\\_%", "customer", true), ("customer\\\\_0%", "customer", true),
            ("CUSTOMER\\\\_%", "customer", true), ("cust%", "customer", true),
            ("customer_%", "customer", true), ("customer\\\\_%", "_plumb_ws", false),
            ("customers\\\\_%", "customer", false), ("%", "customer", false),
            ("_%", "customer", false),
        ])
    func prefixBesideDiscovery(like: String, prefix: String, isRefused: Bool) {
        let text = fleetText(
            tail: "workspace: {prefix: \(prefix)}",
            shards: "[{discover: {host: db-0, like: \"\(like)\"}}]")
        #expect(
            faults(text).contains { $0.contains("are named like scratch schemas") } == isRefused)
    }

    @Test("attack: a prefix makes no shard disappear: only names of the whole shape are left out")
    func prefixHidesNoShard() throws {
        let text = fleetText(
            tail: "workspace: {prefix: customer}",
            shards: "[{discover: {host: db-0, like: \"%\"}}]")
        let fleet = try fleet(text)
        let environment = try fleet.selectEnvironment(nil)
        let hidden = try fleet.resolve(environment) { _, _ in
            ["other", "customer_0123456789abcdef"]
        }
        #expect(hidden.map(\.database) == ["other"])
        #expect(throws: DesiredError.self) {
            _ = try fleet.resolve(environment) { _, _ in ["other", "customer_1"] }
        }
    }

    @Test func noWorkspaceIsNamedUnlessTheFileNamesOne() throws {
        let fleet = try fleet(fleetText())
        #expect(fleet.namedWorkspace(try fleet.selectEnvironment(nil)) == nil)
    }

    @Test func unknownNamesAreRefused() throws {
        #expect(
            try resolve(fleetText(), namespaces: ["comerce"]) == [
                "plumb.yaml:8:3: error: the environment `production` has no namespace `comerce` "
                    + "[dangling-namespace]; did you mean `commerce`?"
            ])
        #expect(
            try resolve(fleetText(), "prod") == [
                "error: plumb.yaml has no environment `prod` [dangling-environment]; "
                    + "the environments are `production`"
            ])
        let two = fleetText(tail: "  staging: {namespaces: [commerce], connection: {user: u}}")
        #expect(
            try resolve(two) == [
                "error: plumb.yaml has 2 environments [dangling-environment]; "
                    + "name one: production, staging"
            ])
    }

    @Test(arguments: [
        ("a", "a", true), ("a", "b", false), ("abc", "a*", true), ("abc", "*c", true),
        ("abc", "a?c", true), ("abc", "a?", false), ("", "*", true), ("ab", "a*b*", true),
        ("aXbXc", "a*b*c", true), ("aXbXd", "a*b*c", false), ("a.c", "a.c", true),
        ("abc", "a.c", false), ("aab", "*ab", true),
    ])
    func globs(text: String, pattern: String, matches: Bool) {
        #expect(Glob.matches(text, pattern) == matches)
    }
}
