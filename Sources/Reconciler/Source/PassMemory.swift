import Basics
import Desired
import Execution
import Ledger
import Model
import Schema

/// What a pass read, by the digest of its source, so that the next one can use it again.
package final class PassMemory: Sendable {
    private struct State {
        /// As first read, and again with the servers' `sql_mode` where that reads the files
        /// otherwise.
        var desired: [(place: Place, state: DesiredState)] = []
        var fleet = FleetMemory()
        var failures = FailureMemory()
    }

    private struct Place: Hashable {
        let commit: String
        let scope: DesiredStage.Scope
        let modes: SourceModes
    }

    private let state = Lock(State())

    package init() {}

    /// The desired state at a commit, from memory where it depends on the commit alone.
    ///
    /// Discovery asks servers, and pins follow other refs: with either of them it is read again.
    func desired(
        _ source: FetchedSource, _ scope: DesiredStage.Scope,
        modes: SourceModes = SourceModes(), _ read: () throws -> DesiredState
    ) throws -> DesiredState {
        let place = source.revision.commit.map { Place(commit: $0, scope: scope, modes: modes) }
        if let place,
            let known = state.withLock({ $0.desired.first { $0.place == place } })
        {
            let state = known.state
            return DesiredState(
                fleet: state.fleet, environment: state.environment, revision: source.revision,
                schemas: state.schemas, assignment: state.assignment, shards: state.shards,
                modes: state.modes)
        }
        let read = try read()
        let isSettled = read.fleet.namespaces.allSatisfy { $0.pins.isEmpty && !$0.hasDiscovery }
        state.withLock { state in
            state.desired.removeAll { $0.place.commit != place?.commit }
            guard isSettled, let place else { return }
            state.desired = state.desired.suffix(1) + [(place, read)]
        }
        return read
    }

    /// The ledger's record of every shard but the damaged ones; reads what has changed since it was
    /// last asked for.
    package func recorded(in snapshot: RecordSnapshot?) throws(LedgerError) -> [ShardID:
        ShardRecord]
    {
        guard let snapshot else { return [:] }
        var fleet = state.withLock { $0.fleet }
        let records = try fleet.records(in: snapshot)
        let read = fleet
        state.withLock { $0.fleet = read }
        return records
    }

    /// The failures in the ledger; reads what has changed since it was last asked for.
    package func failures(
        in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> [OperationKey: FailureRecord] {
        guard let snapshot else { return [:] }
        var memory = state.withLock { $0.failures }
        let records = try memory.records(in: snapshot)
        let read = memory
        state.withLock { $0.failures = read }
        return records
    }

    /// The shards of which nothing may be done, as the ledger has something of them that cannot be
    /// read.
    ///
    /// - Parameter whereabouts: where the shards are; without it what passes found is told.
    package func setAside(
        in snapshot: RecordSnapshot?,
        whereabouts: () -> Whereabouts = { Whereabouts([]) { _ in false } }
    ) throws(LedgerError) -> SetAside {
        _ = try recorded(in: snapshot)
        return try SetAside(
            snapshot, records: state.withLock { $0.fleet.damaged }, whereabouts: whereabouts)
    }
}
