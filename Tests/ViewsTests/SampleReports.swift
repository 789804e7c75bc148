import Diff
import Model
import Reports
import Schema

/// Rich reports that every view is tested with.
enum Sample {
    static func digest(_ text: String) -> Digest { Digest(of: text) }

    static let revision = PlanRevision(
        commit: "3f2a91c0d5e6f708192a3b4c5d6e7f8091a2b3c4", reference: "main",
        summary: "orders: track refunds")

    static func commerce(_ numbers: some Sequence<Int>) -> [String] {
        numbers.map { "commerce_" + ($0 < 10 ? "0" : "") + String($0) }
    }

    static func place(_ file: String, _ line: Int) -> SourceLocation {
        SourceLocation(file: file, line: line, column: 3)
    }

    // MARK: Plan

    static let addColumn = PlanStep(
        kind: .alter, namespace: "commerce", object: "orders",
        shards: commerce((0...22).filter { $0 != 17 }), from: digest("old"), to: digest("new"),
        statements: [
            PlanStatement(
                sql: "ALTER TABLE `orders` ADD COLUMN `refund_total` decimal(12,2) NOT NULL "
                    + "DEFAULT 0.00, ALGORITHM=INSTANT",
                after: digest("new"), algorithm: .instant, lock: LockMode.none)
        ],
        hazard: .safe, findings: [],
        cause: PlanCause(
            kind: .git, commit: "3f2a91c0d5e6f708192a3b4c5d6e7f8091a2b3c4",
            author: "dev@example.com", location: place("schema/commerce/orders.sql", 9)),
        differences: [
            PlanDifference(
                text: "+ refund_total decimal(12,2) NOT NULL DEFAULT 0.00",
                location: place("schema/commerce/orders.sql", 9))
        ], order: 0)

    static let rebuild = PlanStep(
        kind: .alter, namespace: "commerce", object: "orders", shards: ["commerce_17"],
        from: digest("drifted"), to: digest("new"),
        statements: [
            PlanStatement(
                sql: "ALTER TABLE `orders`\n  MODIFY `note` varchar(20) NOT NULL,\n"
                    + "  ADD KEY `by_status` (`status`)",
                after: digest("new"), algorithm: .copy, lock: .shared, rebuildsTable: true)
        ],
        hazard: .lossy,
        findings: [tooLong],
        cause: PlanCause(kind: .liveChanged),
        differences: [
            PlanDifference(text: "~ note varchar(40) → varchar(20) NOT NULL"),
            PlanDifference(
                text: "+ KEY by_status (status)", location: place("schema/commerce/orders.sql", 14)),
        ],
        suggestion: "if `remark` was renamed to `note`, say so beside the column",
        size: TableSize(rows: 41_250_000, bytes: 9_240_000_000, shard: "commerce_17"), order: 1)

    static let tooLong: HazardFinding = {
        var finding = HazardFinding(
            rule: .narrowType, hazard: .lossy,
            reason: "values of `note` longer than 20 characters are refused",
            remedy: "shorten them first")
        let condition = "CHAR_LENGTH(`note`) > 20"
        var probe = DataProbe(
            DataQuestion(
                sought: "values that are too long for varchar(20) in `note`",
                sql: "SELECT 1 FROM `orders` WHERE \(condition) LIMIT 1",
                look: "SELECT * FROM `orders` WHERE \(condition) LIMIT 10"))
        probe.take(["commerce_17": .inTheWay])
        finding.probe = probe
        return finding
    }()

    static let drop = PlanStep(
        kind: .drop, namespace: "commerce", object: "legacy_log", shards: commerce(0...23),
        from: digest("log"), to: nil,
        statements: [PlanStatement(sql: "DROP TABLE `legacy_log`", after: nil)],
        hazard: .irreversible,
        findings: [
            HazardFinding(
                rule: .dropTable, hazard: .irreversible,
                reason: "all rows of `legacy_log` are gone")
        ],
        cause: PlanCause(kind: .retired, location: place("plumb.yaml", 31)),
        differences: [PlanDifference(text: "- table legacy_log")],
        size: TableSize(rows: 1_230_000, bytes: 310_500_000, shard: "commerce_03"), order: 2)

    static let unknown = [
        UnknownShard(
            shard: ShardID(namespace: "commerce", shard: "commerce_23"), code: "unreachable",
            reason: "connection refused db-3.internal:3306")
    ]

    static let unsupported = [
        UnsupportedTable(
            namespace: "commerce", object: "geo", shards: commerce(0...3),
            reason: "uses the storage engine CONNECT")
    ]

    static let plan: PlanReport = {
        let plan = Plan(
            environment: "production", revision: revision, steps: [addColumn, rebuild, drop],
            unknown: unknown, unsupported: unsupported, shardCount: 24)
        return PlanReport(
            plan: plan, digest: digest("plan"),
            steps: [
                .init(
                    step: addColumn, approval: digest("a"), needsApproval: false, holds: []),
                .init(
                    step: rebuild, approval: digest("b"), needsApproval: true,
                    holds: [
                        .init(
                            code: "drift",
                            reason: "drift is reported, not corrected (policy.drift, or --heal)",
                            shards: ["commerce_17"])
                    ]),
                .init(
                    step: drop, approval: digest("c"), needsApproval: true,
                    holds: [
                        .init(
                            code: "approval", reason: "0 of 1 approvals given",
                            shards: commerce(0...22)),
                        .init(code: "denied", reason: "denied (1234567)", shards: ["commerce_23"]),
                    ]),
            ], stale: "origin could not be fetched since 2026-11-21T08:00:00Z",
            notices: [Notice(code: "unused-hint", message: "the rename qty → quantity is done")],
            exitStatus: .incomplete)
    }()

    static let noChanges = PlanReport(
        plan: Plan(
            environment: "production", revision: revision, steps: [], unknown: [],
            unsupported: [], shardCount: 24), digest: digest("none"), steps: [], exitStatus: .done)

    // MARK: Drift

    static let drift = DriftReport(
        environment: "production", revision: revision, recordedAt: "2026-11-20T18:04:00Z",
        shardCount: 24, inSyncCount: 20,
        findings: [
            TableFinding(
                namespace: "commerce", object: "orders", status: .drifted,
                shards: commerce([8, 17]), desired: digest("new"), recorded: digest("new"),
                observed: digest("drifted"),
                differences: [
                    PlanDifference(
                        text: "- KEY by_status (status)",
                        location: place("schema/commerce/orders.sql", 14)),
                    PlanDifference(text: "+ debug int(11) DEFAULT NULL"),
                ], location: place("schema/commerce/orders.sql", 1)),
            TableFinding(
                namespace: "commerce", object: "customers", status: .pending,
                shards: ["commerce_09"], desired: digest("c2"), recorded: digest("c1"),
                observed: digest("c1"),
                differences: [PlanDifference(text: "+ email varchar(200)")],
                location: place("schema/commerce/customers.sql", 1)),
        ],
        unmanaged: [
            TableFinding(
                namespace: "commerce", object: "tmp_export", status: .unmanaged,
                shards: ["commerce_02"], desired: nil, recorded: nil, observed: digest("tmp"))
        ], unknown: unknown, unsupported: unsupported, stale: nil,
        notices: [Notice(code: "baseline", message: "2 shards were never recorded")],
        exitStatus: .incomplete)

    static let inSync = DriftReport(
        environment: "production", revision: revision, recordedAt: "2026-11-20T18:04:00Z",
        shardCount: 24, inSyncCount: 24, findings: [], unmanaged: [], unknown: [],
        unsupported: [], stale: nil, notices: [], exitStatus: .done)

    // MARK: Rollout

    static func key(_ number: Int, _ object: ObjectName = "orders") -> OperationKey {
        OperationKey(
            shard: ShardID(namespace: "commerce", shard: commerce([number])[0]), object: object)
    }

    static let rollout = RolloutReport(
        environment: "production", rollout: "5b20", plan: digest("plan"), state: .failed,
        startedAt: "2026-11-21T14:00:00Z", endedAt: "2026-11-21T14:03:12Z",
        counts: ["completed": 14, "failed": 1, "failed_retryable": 1, "cancelled": 6],
        troubles: [
            .init(key: key(9), state: .cancelled, message: "the rollout halted"),
            .init(key: key(10), state: .cancelled, message: "the rollout halted"),
            .init(key: key(8), state: .failed, message: "lock wait timeout (after 10 attempts)"),
        ], message: "commerce/commerce_08/orders: lock wait timeout")

    static let reconcile = ReconcileReport(
        plan: plan, rollout: rollout,
        recovered: [
            .init(key: key(3), finding: .completed, message: "the statement had run")
        ], adopted: 2, exitStatus: .incomplete)

    static let nothingToDo = ReconcileReport(
        plan: noChanges, rollout: RolloutReport(environment: "production"), recovered: [],
        adopted: 0, exitStatus: .done)
}
