import Basics
import MySQLClient
import Observed
import Schema

/// Why a shard is not changed whose server takes no changes.
package struct ReadOnlyRefusal: Hashable {
    let reason: String

    /// Nil where the shard may be changed.
    package init?(_ target: ObservationTarget, _ state: ReadOnlyState) {
        switch state {
        case .writable: return nil
        case .privileged(let setting):
            guard !target.changesReadOnly else { return nil }
            reason =
                "\(target.server) is read-only (\(setting)), as a replica is: point the shard at the "
                + "primary, or say `read_only: allow` with it in plumb.yaml"
        case .closed(let setting):
            reason =
                "\(target.server) takes changes from nobody (\(setting)): point the shard at the "
                + "primary"
        }
    }

    /// The shard may be changed all the same, and the account may not: trying again helps nothing.
    static func unprivileged(_ target: ObservationTarget, _ error: MySQLError) -> ShardFailure {
        ShardFailure(
            "\(target.id): \(error.fault); the fleet file lets the shard be changed, and the account "
                + "may not: grant it READ ONLY ADMIN (MariaDB) or CONNECTION_ADMIN (MySQL)",
            retry: .permanent)
    }

    /// Throws where the server takes no changes now. It may again in a moment: a server that was
    /// made a replica under a rollout leaves its operations to the next run.
    static func check(
        _ target: ObservationTarget, on connection: Connection
    ) throws(ShardFailure) {
        let state: ReadOnlyState
        do throws(MySQLError) {
            state = try ReadOnlyState(on: connection)
        } catch {
            throw ShardFailure(asking: error, shard: target.id)
        }
        guard let refusal = ReadOnlyRefusal(target, state) else { return }
        throw ShardFailure("\(target.id): \(refusal.reason)", retry: .retryable)
    }
}
