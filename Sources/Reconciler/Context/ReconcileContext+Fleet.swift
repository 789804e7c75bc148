import Observed
import Schema

extension ReconcileContext: FleetAccess {
    package func observe(
        _ targets: [ObservationTarget], mode: Observer.Mode
    ) -> [ShardID: ShardObservation] {
        observer.observe(targets, mode: mode)
    }

    package func sizes(of tables: [ObservationTarget: Set<String>]) -> TableSizes.Answers {
        TableSizes.read(tables, pool: pool, totalConcurrency: concurrency.total)
    }

    package func health(_ questions: [HealthQuestion]) -> [ShardID: HealthQuestion.Answer] {
        HealthQuestion.ask(
            questions, pool: pool, totalConcurrency: concurrency.total,
            perServer: concurrency.perHost)
    }

    package func opener(
        of targets: [ShardID: ObservationTarget], waitSeconds: Int, isForChanges: Bool
    ) -> any ShardOpener {
        let observer = observer
        return ServerShardOpener(
            pool: pool, shards: targets, catalog: catalog, lockWaitSeconds: waitSeconds,
            lockWaits: access.lockWaits, isForChanges: isForChanges,
            changed: { observer.forget($0) }, measured: measured)
    }
}

extension PassContext {
    /// How the pass reaches its shards.
    var shardAccess: any FleetAccess { hooks.access ?? context }
}
