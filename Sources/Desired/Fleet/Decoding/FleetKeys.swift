import Model

/// The keys of one mapping of `plumb.yaml`: the decoder can read no others, and the JSON Schema
/// is tested against them.
protocol FleetKey: RawRepresentable<String>, Hashable, CaseIterable, Sendable {
    /// The mapping's name in the JSON Schema.
    static var title: String { get }
    /// The mapping's description in error messages: `a shard pattern`.
    static var what: String { get }
    static var required: Set<Self> { get }
}

extension FleetKey {
    static var required: Set<Self> { [] }
    static var names: [String] { allCases.map(\.rawValue) }
}

enum RootKey: String, FleetKey {
    static let title = "fleet"
    static let what = "plumb.yaml"
    static let required: Set<RootKey> = [.version, .namespaces, .environments]
    case version, namespaces, environments, workspace, policy, ledger, lint
}

enum NamespaceKey: String, FleetKey {
    static let title = "namespace"
    static let what = "a namespace"
    static let required: Set<NamespaceKey> = [.schema, .shards]
    case schema, shards, overlays, pins, renames, retire, prune, manage, finalizer
    case allowEmpty = "allow_empty"
    case sqlMode = "sql_mode"
    case oldTemporals = "old_temporals"
}

enum ShardPatternKey: String, FleetKey {
    static let title = "shardPattern"
    static let what = "a shard pattern"
    static let required: Set<ShardPatternKey> = [.pattern, .hosts]
    case pattern, hosts, database, labels
    case readOnly = "read_only"
}

enum NamedShardKey: String, FleetKey {
    static let title = "namedShard"
    static let what = "a shard"
    static let required: Set<NamedShardKey> = [.name, .host]
    case name, host, database, labels
    case readOnly = "read_only"
}

enum DiscoveredShardsKey: String, FleetKey {
    static let title = "discoveredShards"
    static let what = "a shard discovery"
    static let required: Set<DiscoveredShardsKey> = [.discover]
    case discover, labels
    case readOnly = "read_only"
}

enum DiscoverKey: String, FleetKey {
    static let title = "discover"
    static let what = "`discover`"
    static let required: Set<DiscoverKey> = [.host, .like]
    case host, like
}

enum OverlayKey: String, FleetKey {
    static let title = "overlay"
    static let what = "an overlay"
    static let required: Set<OverlayKey> = [.selector, .path]
    case selector, path
}

enum PinKey: String, FleetKey {
    static let title = "pin"
    static let what = "a pin"
    static let required: Set<PinKey> = [.selector, .ref]
    case selector, ref
}

enum RenameKey: String, FleetKey {
    static let title = "rename"
    static let what = "a rename"
    static let required: Set<RenameKey> = [.table]
    case table, column, index
}

enum RenamedTableKey: String, FleetKey {
    static let title = "renamedTable"
    static let what = "a renamed table"
    static let required: Set<RenamedTableKey> = [.from, .to]
    case from, to
}

enum RenamedColumnKey: String, FleetKey {
    static let title = "renamedColumn"
    static let what = "a renamed column"
    static let required: Set<RenamedColumnKey> = [.from, .to]
    case from, to
}

enum RenamedIndexKey: String, FleetKey {
    static let title = "renamedIndex"
    static let what = "a renamed index"
    static let required: Set<RenamedIndexKey> = [.from, .to]
    case from, to
}

enum EnvironmentKey: String, FleetKey {
    static let title = "environment"
    static let what = "an environment"
    static let required: Set<EnvironmentKey> = [.namespaces]
    case namespaces, connection, after, hosts
}

enum ConnectionKey: String, FleetKey {
    static let title = "connection"
    static let what = "a connection"
    case optionFile = "option_file"
    case user
    case passwordEnvironment = "password_env"
    case passwordFile = "password_file"
    case read, workspace, change
    case tls
    case connectTimeout = "connect_timeout"
    case lockWaitTimeout = "lock_wait_timeout"
}

enum AccountKey: String, FleetKey {
    static let title = "account"
    static let what = "an account"
    case optionFile = "option_file"
    case user
    case passwordEnvironment = "password_env"
    case passwordFile = "password_file"
}

enum TLSKey: String, FleetKey {
    static let title = "tls"
    static let what = "`tls`"
    case mode, ca, cert, key
}

enum WorkspaceKey: String, FleetKey {
    static let title = "workspace"
    static let what = "`workspace`"
    case host, prefix
}

enum PolicyKey: String, FleetKey {
    static let title = "policy"
    static let what = "`policy`"
    case approve, approvers, drift, rollout, windows, limits, probe, online
}

enum OnlineKey: String, FleetKey {
    static let title = "online"
    static let what = "`online`"
    case inPlace = "inplace"
    case small, below, keep, replicas
    case maxLag = "max_lag"
    case maxThreadsRunning = "max_threads_running"
    case maxCommit = "max_commit"
    case minFree = "min_free"
}

enum ApproversKey: String, FleetKey {
    static let title = "approvers"
    static let what = "`approvers`"
    case minimum
    case notAuthor = "not_author"
}

enum RolloutKey: String, FleetKey {
    static let title = "rollout"
    static let what = "`rollout`"
    case waves, concurrency
    case onFailure = "on_failure"
    case maxFailures = "max_failures"
    case health
    case cutover, retries
}

enum RetriesKey: String, FleetKey {
    static let title = "retries"
    static let what = "`retries`"
    case attempts, within
}

enum WaveKey: String, FleetKey {
    static let title = "wave"
    static let what = "a wave"
    case shards, percent, selector, bake
}

enum ConcurrencyKey: String, FleetKey {
    static let title = "concurrency"
    static let what = "`concurrency`"
    case total
    case perHost = "per_host"
}

enum WindowKey: String, FleetKey {
    static let title = "window"
    static let what = "a window"
    static let required: Set<WindowKey> = [.allow, .zone]
    case allow, zone
}

enum LimitsKey: String, FleetKey {
    static let title = "limits"
    static let what = "`limits`"
    case dropsPerPlan = "drops_per_plan"
}

enum ProbeKey: String, FleetKey {
    static let title = "probe"
    static let what = "`probe`"
    case enabled, each, total
}

enum LedgerKey: String, FleetKey {
    static let title = "ledger"
    static let what = "`ledger`"
    case location, connection, sign, retention
}

enum LedgerConnectionKey: String, FleetKey {
    static let title = "ledgerConnection"
    static let what = "the ledger's connection"
    case optionFile = "option_file"
    case passwordEnvironment = "password_env"
    case passwordFile = "password_file"
    case tls
    case connectTimeout = "connect_timeout"
}

enum LintKey: String, FleetKey {
    static let title = "lint"
    static let what = "`lint`"
    case rules, waivers, charset
    case tableNames = "table_names"
    case columnNames = "column_names"
}

enum WaiverKey: String, FleetKey {
    static let title = "waiver"
    static let what = "a waiver"
    static let required: Set<WaiverKey> = [.rule, .table, .owner, .reason, .expires]
    case rule, table, column, owner, reason, expires
}
