import Observed
import Reconciler
import Schema

/// A fleet in memory, of which every shard is what one that was really read is.
package struct MemoryFleet: FleetAccess {
    /// What became of the shards.
    package let shards = MemoryShards()
    private let observation: ShardObservation

    /// - Parameter observation: what every shard is seen as.
    package init(of observation: ShardObservation) {
        self.observation = observation
    }

    package func observe(
        _ targets: [ObservationTarget], mode: Observer.Mode
    ) -> [ShardID: ShardObservation] {
        Dictionary(targets.map { ($0.id, observation) }) { first, _ in first }
    }

    package func sizes(of tables: [ObservationTarget: Set<String>]) -> TableSizes.Answers {
        TableSizes.Answers()
    }

    package func health(_ questions: [HealthQuestion]) -> [ShardID: HealthQuestion.Answer] {
        Dictionary(questions.map { ($0.request.target.id, .value("0")) }) { first, _ in first }
    }

    package func opener(
        of targets: [ShardID: ObservationTarget], waitSeconds: Int, isForChanges: Bool
    ) -> any ShardOpener {
        shards
    }
}
