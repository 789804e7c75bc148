import Diff
import Model

/// Every mapping and every choice of `plumb.yaml`, for the test that holds the JSON Schema
/// against the decoder.
enum FleetFormat {
    static let keys: [any FleetKey.Type] = [
        RootKey.self, NamespaceKey.self, FinalizerKey.self, ShardPatternKey.self,
        NamedShardKey.self,
        DiscoveredShardsKey.self, DiscoverKey.self, OverlayKey.self, PinKey.self, RenameKey.self,
        RenamedTableKey.self, RenamedColumnKey.self, RenamedIndexKey.self, EnvironmentKey.self,
        ConnectionKey.self, AccountKey.self, TLSKey.self,
        WorkspaceKey.self, PolicyKey.self, ApproversKey.self, RolloutKey.self, WaveKey.self,
        HealthKey.self, ConcurrencyKey.self, RetriesKey.self, WindowKey.self, LimitsKey.self,
        ProbeKey.self, OnlineKey.self, LintKey.self,
        WaiverKey.self, LedgerKey.self, LedgerConnectionKey.self,
    ]

    static let choices: [any FleetChoice.Type] = [
        Prune.self, ManagedKind.self, TLS.Mode.self, Hazard.self, DriftPolicy.self,
        FailurePolicy.self, CutoverPolicy.self, ReadOnlyServers.self, LintRule.self, LintLevel.self,
        NameStyle.self, OldTemporalColumns.self, OnlinePolicy.InPlace.self,
    ]

    /// The versions of the format that this release reads.
    static let versions = [1]
}
