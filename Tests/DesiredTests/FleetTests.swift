import Diff
import Schema
import Model
import Testing

@testable import Desired

/// The example of the format, with what this release does not carry out left away.
let example = """
    version: 1
    namespaces:
      commerce:
        schema: schema/commerce
        shards:
          # a pattern, an explicit list, or discovery
          - pattern: "commerce_{00..ff}"
            hosts: ["db-{0..3}.internal:3306"]        # spread in order
            labels: {tier: gold}
          - name: "-40"
            host: db-9.internal
            database: commerce_x40
            labels: {tier: canary}
          - discover: {host: db-7.internal, like: "tenant\\\\_%"}
        overlays:
          - selector: {tier: gold}
            path: overlays/gold/
        pins:
          - selector: {tier: canary}
            ref: refs/heads/next
        renames:
          - {table: orders, column: {from: qty, to: quantity}}
        retire: [legacy_log]
        prune: retired
        manage: [tables]
        old_temporals: rebuild
    environments:
      staging:    {namespaces: [commerce], connection: {option_file: staging.cnf}}
      production:
        namespaces: [commerce]
        connection:
          user: plumb
          password_env: PLUMB_PW
          tls: {mode: verify-identity, ca: /etc/ca.pem, cert: c.pem, key: k.pem}
          connect_timeout: 3s
          lock_wait_timeout: 1m
        after: [staging]
    workspace: {host: db-0.internal, prefix: _plumb_ws}
    policy:
      approve: [irreversible]
      approvers: {minimum: 2, not_author: true}
      drift: additive
      rollout:
        waves: [{shards: 1, bake: 10m}, {percent: 10%, bake: 30m}, {percent: 100}]
        concurrency: {total: 16, per_host: 4}
        on_failure: continue
        cutover: barrier
        retries: {attempts: 20, within: 2h}
      windows: [{allow: "Mon-Fri 09:00-16:00", zone: Europe/Berlin}]
      limits: {drops_per_plan: 3}
      probe: {enabled: false, each: 5s, total: 2m}
      online: {small: 2GB, below: 512KB, keep: 2h, max_lag: 3s, max_threads_running: 9,
        max_commit: 250ms, min_free: 3TB, replicas: ["db2:3307", db3]}
    ledger: mysql://user@host:3307/plumb
    """

@Suite struct FleetTests {
    @Test func theExampleIsReadWhole() throws {
        let fleet = try fleet(example)
        let commerce = try #require(fleet.namespace("commerce"))
        #expect(
            commerce.schema
                == Located("schema/commerce", at: .init(file: "plumb.yaml", line: 4, column: 13)))
        #expect(
            commerce.overlays.map { "\($0.selector) \($0.path.value)" } == [
                "{tier: gold} overlays/gold"
            ])
        #expect(
            commerce.pins.map { "\($0.selector) \($0.ref.value)" } == [
                "{tier: canary} refs/heads/next"
            ])
        #expect(
            commerce.renames == [
                RenameHint(
                    .column(ColumnRename(table: "orders", from: "qty", to: "quantity")),
                    at: SourceLocation(file: "plumb.yaml", line: 22, column: 9))
            ])
        #expect(commerce.retire.map(\.value) == ["legacy_log"])
        #expect(commerce.prune == .retired)
        #expect(commerce.manage == [.tables])
        #expect(commerce.oldTemporals == .rebuild)
        #expect(fleet.environments.map(\.name) == ["staging", "production"])
        #expect(
            fleet.environments.map(\.connection) == [
                ConnectionConfiguration(
                    credentials: .optionFile(LocalPath("staging.cnf")), tls: .standard,
                    connectTimeoutSeconds: 10, lockWaitTimeoutSeconds: 1),
                ConnectionConfiguration(
                    credentials: .user("plumb", password: .environment("PLUMB_PW")),
                    tls: TLS(
                        mode: .verifyIdentity, ca: LocalPath("/etc/ca.pem"),
                        certificate: LocalPath("c.pem"), key: LocalPath("k.pem")),
                    connectTimeoutSeconds: 3, lockWaitTimeoutSeconds: 60),
            ])
        #expect(fleet.environment("production")?.after.map(\.value) == ["staging"])
        #expect(fleet.workspace.host == .tcp(host: "db-0.internal", port: 3306))
        #expect(fleet.workspace.prefix == "_plumb_ws")
        #expect(fleet.policy.approve == [.irreversible])
        #expect(fleet.policy.approvers == Approvers(minimum: 2, notAuthor: true))
        #expect(fleet.policy.drift == .additive)
        #expect(
            fleet.policy.rollout
                == Rollout(
                    waves: [
                        Wave(size: .shards(1), bakeSeconds: 600),
                        Wave(size: .percent(10), bakeSeconds: 1_800),
                        Wave(size: .percent(100), bakeSeconds: 0),
                    ], concurrency: Concurrency(total: 16, perHost: 4), onFailure: .continue,
                    cutover: .barrier,
                    retries: RetryBudget(attempts: 20, withinSeconds: 7_200)))
        #expect(fleet.policy.windows.map(\.description) == ["Mon-Fri 09:00-16:00 Europe/Berlin"])
        #expect(fleet.policy.limits.dropsPerPlan == 3)
        #expect(
            fleet.policy.online?.inPlace == .small)
        let online = try #require(fleet.policy.online)
        #expect(online.smallBytes == 2 << 30)
        #expect(online.belowBytes == 512 << 10)
        #expect(online.keepSeconds == 7_200)
        #expect(online.maxLagSeconds == 3)
        #expect(online.maxThreadsRunning == 9)
        #expect(online.maxCommitMilliseconds == 250)
        #expect(online.minFreeBytes == 3 << 40)
        #expect(online.replicas.map(\.description) == ["db2:3307", "db3:3306"])
        #expect(
            fleet.policy.probe
                == ProbePolicy(isEnabled: false, eachSeconds: 5, totalSeconds: 120))
        #expect(
            fleet.ledger
                == .mysql(
                    LedgerDatabase(
                        user: "user", servers: [.tcp(host: "host", port: 3307)], name: "plumb")))
        #expect(fleet.warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("{location: \"file:x\", sign: keys/ledger}", "file:x", "keys/ledger"),
            ("{sign: /etc/plumb/key}", "file:.plumb/ledger.git", "/etc/plumb/key"),
            ("{location: \"file:x\"}", "file:x", nil), ("file:x", "file:x", nil),
            ("{}", "file:.plumb/ledger.git", nil),
        ] as [(String, String, String?)])
    func theLedgerMayNameItsKey(text: String, location: String, key: String?) throws {
        let fleet = try fleet(fleetText(tail: "ledger: \(text)"))
        #expect(fleet.ledger.description == location)
        #expect(fleet.ledgerKey?.written == key)
    }

    @Test func theLedgerMaySayHowLongItKeepsWhatIsOver() throws {
        for (text, seconds) in [
            ("{retention: 400d}", 400 * 86_400), ("{retention: 1d}", 86_400), ("{}", nil),
            ("file:x", nil), ("{sign: key, retention: 30d12h}", 2_635_200),
        ] as [(String, Int?)] {
            #expect(
                try fleet(fleetText(tail: "ledger: \(text)")).retentionSeconds == seconds,
                "\(text)")
        }
    }

    @Test func whatIsLeftAwayHasDefaults() throws {
        let fleet = try fleet(fleetText())
        #expect(fleet.policy.approve == [.lossy, .irreversible])
        #expect(fleet.policy.approvers == Approvers(minimum: 1, notAuthor: false))
        #expect(fleet.policy.drift == .report)
        #expect(fleet.policy.rollout == .standard)
        #expect(fleet.policy.windows.isEmpty)
        #expect(fleet.ledger == .file(path: ".plumb/ledger.git"))
        #expect(fleet.workspace.host == nil)
        #expect(fleet.workspace.prefix == "_plumb_ws")
        let commerce = try #require(fleet.namespace("commerce"))
        #expect(commerce.prune == .retired)
        #expect(commerce.manage == [.tables])
        #expect(commerce.oldTemporals == .keep)
        #expect(
            fleet.environments.first?.connection?.credentials == .user("plumb", password: .none))
    }

    @Test func aTLSModeThatIsNotSaidIsLeftToTheAddress() throws {
        #expect(try fleet(fleetText()).environments.first?.connection?.tls.mode == nil)
        let text = fleetText().replacing("{user: plumb}", with: "{user: plumb, tls: {ca: c.pem}}")
        let tls = try fleet(text).environments.first?.connection?.tls
        #expect(tls == TLS(mode: nil, ca: LocalPath("c.pem"), certificate: nil, key: nil))
    }

    @Test func pathsAreKeptAsWrittenAndResolved() {
        #expect(LocalPath("a/b.cnf").resolved(in: "/srv/repo") == "/srv/repo/a/b.cnf")
        #expect(LocalPath("a/b.cnf").resolved(in: "/srv/repo/") == "/srv/repo/a/b.cnf")
        #expect(LocalPath("/etc/b.cnf").resolved(in: "/srv/repo") == "/etc/b.cnf")
    }

    @Test(arguments: [
        (Wave.Size.shards(3), 10, 3), (.shards(30), 10, 10), (.percent(10), 24, 3),
        (.percent(100), 24, 24), (.percent(1), 1, 1), (.percent(50), 0, 0),
    ])
    func wavesReach(size: Wave.Size, count: Int, reach: Int) {
        #expect(Wave(size: size, bakeSeconds: 0).reach(of: count) == reach)
    }

    @Test func tenThousandShardsAreReadFromOneLine() throws {
        let text = fleetText(
            shards:
                "[{pattern: \"s{0000..9999}\", hosts: [\"db-{00..99}\"], database: \"x_{shard}\"}]")
        let fleet = try fleet(text)
        let shards = try fleet.resolve(fleet.selectEnvironment("production")) { _, _ in [] }
        #expect(shards.count == 10_000)
        #expect(Set(shards.map(\.server)).count == 100)
        #expect(shards.last?.server == .tcp(host: "db-99", port: 3306))
        #expect(shards.last?.database == "x_s9999")
    }
}
