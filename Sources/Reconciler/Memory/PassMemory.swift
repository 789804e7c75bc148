import Desired
import Execution
import Git
import Ledger
import Schema

/// What a pass read by the digest of its content, so that the next one need not read it again.
package final class PassMemory: Sendable {
    private struct State {
        var desired: (place: Place, state: DesiredState)?
        var recorded: (folder: ObjectID, shards: [ShardID: ShardRecord])?
    }

    private struct Place: Hashable {
        let commit: String
        let scope: DesiredStage.Scope
    }

    private let state = Lock(State())

    package init() {}

    /// The desired state at a commit: from memory, where nothing but the commit decides it.
    ///
    /// Discovery asks servers and pins follow other references: with either it is read again.
    func desired(
        _ source: FetchedSource, _ scope: DesiredStage.Scope, _ read: () throws -> DesiredState
    ) throws -> DesiredState {
        let place = source.revision.commit.map { Place(commit: $0, scope: scope) }
        if let place, let known = state.withLock({ $0.desired }), known.place == place {
            let state = known.state
            return DesiredState(
                fleet: state.fleet, environment: state.environment, revision: source.revision,
                schemas: state.schemas, assignment: state.assignment, shards: state.shards)
        }
        let read = try read()
        let isSettled = read.fleet.namespaces.allSatisfy { $0.pins.isEmpty && !$0.hasDiscovery }
        let kept = isSettled ? place.map { ($0, read) } : nil
        state.withLock { $0.desired = kept }
        return read
    }

    /// What every shard was last recorded with.
    func recorded(in snapshot: LedgerSnapshot?) throws(LedgerError) -> [ShardID: ShardRecord] {
        guard let snapshot, let folder = try snapshot.identity(of: RecordPath.fleet) else {
            return [:]
        }
        if let known = state.withLock({ $0.recorded }), known.folder == folder {
            return known.shards
        }
        let shards = try LedgerQueries.shards(in: snapshot)
        state.withLock { $0.recorded = (folder, shards) }
        return shards
    }
}
