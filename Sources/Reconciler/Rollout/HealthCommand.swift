import Basics
import Execution
import Ledger
import Model
import Schema
import Signatures

/// What a program that is asked how a wave is gets on standard input, as JSON; the shard that it is
/// asked about stands in `PLUMB_SHARD`.
struct HealthDocument: Codable, Hashable {
    struct Operation: Codable, Hashable {
        var namespace: String
        var shard: String
        var table: String
        var state: String
    }

    var version = 1
    var environment: String
    var rollout: String
    /// The commit that the rollout's plan was made from; nil for files of a folder.
    var revision: String?
    /// From 1.
    var wave: Int
    var waves: Int
    /// The operations of the wave, in its order.
    var operations: [Operation]

    init(_ asked: HealthGate.Asked, environment: String, revision: String?) {
        self.environment = environment
        rollout = asked.rollout.id
        self.revision = revision
        wave = asked.wave + 1
        waves = asked.rollout.waves.count
        operations = asked.rollout.waves[asked.wave].map { key in
            Operation(
                namespace: key.namespace, shard: key.shard, table: key.object.encoded,
                state: asked.operations[key]?.state.label ?? "missing")
        }
    }
}

/// Asks a program about each shard of a wave, a few at once, until one of them is not well.
struct HealthCommand {
    let command: [String]
    let limitSeconds: Int
    let runner: CommandRunner
    let interrupt: Interrupt

    /// How many programs run at once.
    static let atOnce = 4

    /// - Parameter document: what each gets, whatever the shard.
    func ask(_ shards: [ShardID], _ document: HealthDocument) -> [ShardID: HealthGate.Answer] {
        let input: [UInt8]
        do {
            input = try CanonicalJSON.encode(document)
        } catch {
            return Dictionary(shards.map { ($0, .unhealthy(": \(error)")) }) { first, _ in first }
        }
        let isOver = Lock(false)
        let answers = Workers.map(
            shards, total: Self.atOnce, perKey: Self.atOnce, key: { _ in 0 }
        ) { [self] shard -> HealthGate.Answer in
            guard !isOver.withLock({ $0 }), !interrupt.isRaised else { return .unasked }
            let answer = ask(shard, input)
            if answer != .healthy { isOver.withLock { $0 = true } }
            return answer
        }
        return Dictionary(zip(shards, answers)) { first, _ in first }
    }

    private func ask(_ shard: ShardID, _ input: [UInt8]) -> HealthGate.Answer {
        let prepared = runner.prepared(
            command, input, environment: ["PLUMB_SHARD": "\(shard)"], limitSeconds: limitSeconds)
        switch prepared {
        case .refused(let reason): return .unhealthy(": \(reason)")
        case .ready(let program):
            switch program.run() {
            case .exited(0, _, _): return .healthy
            case .exited(let status, _, let complaint):
                let words = complaint.isEmpty ? "" : ": \(complaint)"
                return .unhealthy(": \(command[0]) ended with exit \(status)\(words)")
            case .failed(let reason), .unknown(let reason): return .unhealthy(": \(reason)")
            }
        }
    }
}
