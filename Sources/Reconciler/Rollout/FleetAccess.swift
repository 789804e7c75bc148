import Observed
import Schema

/// How a pass reaches its shards: it reads them, and opens them for changes.
///
/// The product connects to servers (`ReconcileContext`). A stand-in lets a whole pass
/// be measured over more shards than a machine has databases.
package protocol FleetAccess: Sendable {
    /// An observation for each of `targets`; failures are problems of the shard, not errors.
    func observe(
        _ targets: [ObservationTarget], mode: Observer.Mode
    ) -> [ShardID: ShardObservation]

    /// The estimated sizes of tables.
    func sizes(of tables: [ObservationTarget: Set<String>]) -> TableSizes.Answers

    /// What shards say to a question about their health; one that is missing could not be asked.
    func health(_ questions: [HealthQuestion]) -> [ShardID: HealthQuestion.Answer]

    /// Opens shards for the operations of a rollout.
    ///
    /// - Parameters:
    ///   - waitSeconds: how long to wait for a shard's lock that another session holds.
    ///   - isForChanges: whether a read-only server is an error.
    func opener(
        of targets: [ShardID: ObservationTarget], waitSeconds: Int, isForChanges: Bool
    ) -> any ShardOpener
}
