/// Everything that may be asked of an environment.
package enum Endpoints {
    package static let all: [Endpoint] = [
        StatusEndpoints.latest, PassEndpoints.fleet, PassEndpoints.plan, PassEndpoints.drift,
        RolloutEndpoints.list, StatusEndpoints.rollout, RolloutEndpoints.operations,
        ApprovalEndpoints.list, FleetRecordEndpoints.shards, FleetRecordEndpoints.suspensions,
        LogEndpoint.list, ChangesEndpoint.list, ShowEndpoint.show,
        WorkersEndpoint.list, WindowsEndpoint.list,
        RolloutRequestEndpoints.stop, RolloutRequestEndpoints.start,
        RolloutRequestEndpoints.release, RolloutRequestEndpoints.throttle,
        CutoverEndpoint.cutover, RetryEndpoint.retry, RollbackEndpoints.rollBack,
        RollbackEndpoints.end, SuspensionEndpoints.suspend, SuspensionEndpoints.resume,
        UnlockEndpoints.shard, UnlockEndpoints.rollout, DecisionEndpoints.approve,
        DecisionEndpoints.deny,
    ]

    /// What a path of an environment is about, with the values in it; empty where it is nothing.
    ///
    /// - Parameter path: the segments behind the environment, each decoded already.
    package static func at(_ path: [String]) -> [(endpoint: Endpoint, values: [String: String])] {
        all.compactMap { endpoint in endpoint.path.match(path).map { (endpoint, $0) } }
    }
}
