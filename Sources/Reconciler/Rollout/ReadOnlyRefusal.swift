import Basics
import MySQLClient
import Observed

/// Why a shard on a read-only server is not changed.
package struct ReadOnlyRefusal: Hashable {
    let reason: String

    /// Nil where the shard may be changed.
    package init?(_ target: ObservationTarget, _ state: ReadOnlyState) {
        switch state {
        case .writable: return nil
        case .readOnlyForMost(let setting):
            guard !target.changesReadOnly else { return nil }
            reason =
                "\(target.server) is read-only (\(setting)), as a replica is: point the shard at the "
                + "primary, or say `read_only: allow` with it in plumb.yaml"
        case .readOnlyForAll(let setting):
            reason =
                "\(target.server) refuses every change (\(setting)): point the shard at the "
                + "primary"
        }
    }

    /// For a shard that may be changed although its server is read-only, by an account without the
    /// privilege for it: trying again would not help.
    static func unprivileged(_ target: ObservationTarget, _ error: MySQLError) -> ShardFailure {
        ShardFailure(
            "\(target.id): \(error.fault); the fleet file lets the shard be changed, and the account "
                + "may not: grant it READ ONLY ADMIN (MariaDB) or CONNECTION_ADMIN (MySQL)",
            retry: .permanent)
    }

    /// Throws where the server refuses changes now. It counts as retryable: a server that became a
    /// replica during a rollout leaves its operations to the next run.
    ///
    /// - Parameter answer: what the server said to ``ReadOnlyState/question``.
    static func check(
        _ target: ObservationTarget, _ answer: Result<[Row], MySQLError>
    ) throws(ShardFailure) {
        let state: ReadOnlyState
        do throws(MySQLError) {
            state = ReadOnlyState(answer: try answer.get())
        } catch {
            throw ShardFailure(asking: error, shard: target.id)
        }
        guard let refusal = ReadOnlyRefusal(target, state) else { return }
        throw ShardFailure("\(target.id): \(refusal.reason)", retry: .retryable)
    }
}
