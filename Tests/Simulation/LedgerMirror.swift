import Basics
import Diff
import Foundation
import Ledger
import MemoryStore
import Model
import Schema
import Store

/// The records of a world's ledger, read from its commits by other code than the product's.
struct LedgerMirror {
    /// A pending record, as it is in the ledger.
    struct Pending: Decodable, Hashable {
        let version: Int
        let rollout: String
        let key: OperationKey
        let step: Digest
        let approval: Digest?
        let approvedUntil: String?
        let engine: EngineState?
    }

    /// An operation of a rollout.
    struct Place: Hashable, Comparable, CustomStringConvertible {
        let rollout: String
        let key: OperationKey

        var description: String { "\(rollout)/\(key)" }

        static func < (left: Place, right: Place) -> Bool {
            (left.rollout, left.key) < (right.rollout, right.key)
        }
    }

    /// A finalizer of a rollout.
    struct FinalizerPlace: Hashable, Comparable, CustomStringConvertible {
        let rollout: String
        let namespace: String

        var description: String { "\(rollout)/\(namespace)" }

        static func < (left: FinalizerPlace, right: FinalizerPlace) -> Bool {
            (left.rollout, left.namespace) < (right.rollout, right.namespace)
        }
    }

    private struct RollbackBook: Decodable {
        let rollbacks: [RollbackRecord]
    }

    var operations: [Place: OperationRecord] = [:]
    var finalizers: [FinalizerPlace: FinalizerRecord] = [:]
    var rollouts: [String: RolloutRecord] = [:]
    var marks: [String: RolloutMark] = [:]
    var pending: [OperationKey: Pending] = [:]
    /// The rollbacks that hold.
    var rollbacks: [RollbackRecord] = []
    /// What is suspended, over or not, by the name of its document.
    var suspensions: [String: SuspensionRecord] = [:]
    /// The operations of records that only a newer release reads, pending ones among them, by the
    /// path of the record; what was known of them stays.
    private(set) var damaged: [[String]: Place] = [:]
    private var steps: [Digest: PlanStep] = [:]
    private var tree: ObjectID?

    /// What one commit changed.
    struct Change {
        /// What was there before and is after, by what it is about.
        var operations: [Place: (old: OperationRecord?, new: OperationRecord?)] = [:]
        var rollouts: [String: (old: RolloutRecord?, new: RolloutRecord?)] = [:]
        var marks: [String: (old: RolloutMark?, new: RolloutMark?)] = [:]
        var pending: [OperationKey: (old: Pending?, new: Pending?)] = [:]
        var finalizers: [FinalizerPlace: (old: FinalizerRecord?, new: FinalizerRecord?)] = [:]
    }

    func step(_ pending: Pending) -> PlanStep? { steps[pending.step] }

    /// Takes over the documents of a commit; returns what is not what it was.
    mutating func follow(_ commit: CommitObject, _ reader: ObjectReader) throws -> Change {
        var change = Change()
        try compare([], tree, commit.tree, reader, &change)
        tree = commit.tree
        return change
    }

    private mutating func compare(
        _ path: [String], _ old: ObjectID?, _ new: ObjectID?, _ reader: ObjectReader,
        _ change: inout Change
    ) throws {
        guard old != new else { return }
        let before = try old.map { try reader.tree($0).entries } ?? []
        let after = try new.map { try reader.tree($0).entries } ?? []
        let known = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
        let found = Dictionary(after.map { ($0.name, $0) }) { first, _ in first }
        for entry in after where known[entry.name]?.id != entry.id {
            try visit(path + [entry.name], known[entry.name], entry, reader, &change)
        }
        for entry in before where found[entry.name] == nil {
            try visit(path + [entry.name], entry, nil, reader, &change)
        }
    }

    private mutating func visit(
        _ path: [String], _ old: TreeObject.Entry?, _ new: TreeObject.Entry?,
        _ reader: ObjectReader, _ change: inout Change
    ) throws {
        let roots = ["rollouts", "pending", "open", "suspensions", "rollbacks"]
        guard let root = path.first, roots.contains(root) else { return }
        if (new ?? old)?.mode == .folder {
            return try compare(path, old?.id, new?.id, reader, &change)
        }
        let bytes = try new.map { Data(try reader.blob($0.id)) }
        func read<Value: Decodable>(_ type: Value.Type) throws -> Value? {
            try bytes.map { try JSONDecoder().decode(type, from: $0) }
        }
        damaged[path] = nil
        switch (root, path.count > 4 ? path[4] : "") {
        case ("open", _):
            let (id, mark) = (path[1], try read(RolloutMark.self))
            change.marks[id] = (marks[id], mark)
            marks[id] = mark
        case ("rollbacks", _): rollbacks = try read(RollbackBook.self)?.rollbacks ?? []
        case ("suspensions", _): suspensions[path[1]] = try read(SuspensionRecord.self)
        case ("pending", _):
            let record = try read(Pending.self)
            let known = pending.first { Self.name($0.key) == path[1] }?.key
            guard let key = record?.key ?? known else { return }
            if let record, record.version > 1 {
                return damaged[path] = Place(rollout: record.rollout, key: key)
            }
            change.pending[key] = (pending[key], record)
            pending[key] = record
        case ("rollouts", "rollout"):
            let record = try read(RolloutRecord.self)
            change.rollouts[path[3]] = (rollouts[path[3]], record)
            rollouts[path[3]] = record
        case ("rollouts", "operations"):
            guard let record = try read(OperationRecord.self) else { return }
            let place = Place(rollout: path[3], key: record.key)
            if record.version > 1 { return damaged[path] = place }
            change.operations[place] = (operations[place], record)
            operations[place] = record
        case ("rollouts", "finalizers"):
            let place = FinalizerPlace(rollout: path[3], namespace: path[5])
            let record = try read(FinalizerRecord.self)
            change.finalizers[place] = (finalizers[place], record)
            finalizers[place] = record
        case ("rollouts", "steps"):
            if let bytes, let digest = Digest(hex: path[path.count - 1]) {
                steps[digest] = try JSONDecoder().decode(PlanStep.self, from: bytes)
            }
        default: break
        }
    }

    /// The name of a pending record's document.
    private static func name(_ key: OperationKey) -> String {
        let parts = [key.namespace, key.shard, key.object.encoded].map(LedgerPath.encode)
        return LedgerPath.encode(parts.joined(separator: "/"))
    }

    // MARK: What follows from them

    /// The state of an operation: one with a pending record runs.
    func state(_ place: Place) -> OperationState? {
        guard let record = operations[place] else { return nil }
        let isRunning = record.state == .pending && pending[place.key]?.rollout == place.rollout
        return isRunning ? .running : record.state
    }

    /// The operation that a pending record is of.
    func record(pendingOf key: OperationKey) -> OperationRecord? {
        pending[key].flatMap { operations[Place(rollout: $0.rollout, key: key)] }
    }

    /// Whether nobody is at what has begun: it is ready and waits, or somebody holds its rollout.
    func isLeftAlone(_ key: OperationKey) -> Bool {
        let mark = pending[key].flatMap { marks[$0.rollout] }
        return record(pendingOf: key)?.state == .waitingForCutover
            || mark?.stop != nil || mark?.pause != nil
    }

    func states(of rollout: RolloutRecord) -> [OperationState?] {
        let unread = Set(damaged.filter { $0.key.first == "rollouts" }.values)
        return rollout.operationKeys.map { Place(rollout: rollout.id, key: $0) }.map { place in
            unread.contains(place) ? nil : state(place)
        }
    }

    /// The state that follows for a rollout from its operations and finalizers; nil where one of
    /// them cannot be read.
    func derivedState(of rollout: RolloutRecord) -> RolloutState? {
        RolloutState.derive(from: states(of: rollout), rule: rollout.failureRule)?.with(
            (rollout.finalizers ?? []).map {
                finalizers[FinalizerPlace(rollout: rollout.id, namespace: $0)]?.state
            })
    }
}
