import Basics
import Schema

/// The operations of a rollout by key, with what of each wave is open.
///
/// Whoever changes an operation keeps the index with it, so that what a rollout does next is known
/// without a look at each operation that has ended. Making it costs a look at each, a change of
/// one does not.
package struct RolloutOperations: Sendable {
    /// The keys in the order of the waves, and behind them those of operations in no wave.
    private var keys: [OperationKey] = []
    private var places: [OperationKey: Int] = [:]
    private var records: [OperationRecord?] = []
    /// The places of each wave; they follow on each other.
    private(set) var waves: [Range<Int>] = []
    /// When the last operation of each wave that bakes ended that was tried; nil where none was.
    private var lastEnds: [Timestamp?] = []
    private let bakes: [Bool]
    private var sets: Sets

    /// Where operations are; one of which the record is missing has not ended and does not start.
    struct Sets: Sendable {
        /// They have not ended.
        fileprivate(set) var open: PlaceSet
        /// They are open, and neither wait for their cutover nor are in it.
        fileprivate(set) var unready: PlaceSet
        /// They wait for their cutover.
        fileprivate(set) var parked: PlaceSet
        fileprivate(set) var cuttingOver: PlaceSet
        /// They are open, and an engine made something beside the table.
        fileprivate(set) var engaged: PlaceSet
        /// They have a time for their next attempt.
        fileprivate(set) var resting: PlaceSet
        /// They have not begun.
        fileprivate(set) var fresh: PlaceSet
        fileprivate(set) var completed: PlaceSet
        fileprivate(set) var failed: PlaceSet

        fileprivate init(capacity: Int) {
            let none = PlaceSet(capacity: capacity)
            open = none
            unready = none
            parked = none
            cuttingOver = none
            engaged = none
            resting = none
            fresh = none
            completed = none
            failed = none
        }

        fileprivate mutating func note(_ record: OperationRecord?, at place: Int) {
            let state = record?.state
            let isOpen = state?.isTerminal != true
            open.set(place, to: isOpen)
            parked.set(place, to: state == .waitingForCutover)
            cuttingOver.set(place, to: state == .cuttingOver)
            unready.set(
                place, to: isOpen && state != .waitingForCutover && state != .cuttingOver)
            engaged.set(place, to: isOpen && record?.engine != nil)
            resting.set(place, to: record?.nextAttemptAt != nil)
            fresh.set(place, to: record?.hasBegun == false)
            completed.set(place, to: state == .completed)
            failed.set(place, to: state == .failed)
        }
    }

    /// - Parameter operations: those that are recorded.
    package init(_ rollout: RolloutRecord, _ operations: [OperationKey: OperationRecord]) {
        self.init(waves: rollout.waves, bakeSeconds: rollout.bakeSeconds, operations)
    }

    init(
        waves: [[OperationKey]], bakeSeconds: [Int],
        _ operations: [OperationKey: OperationRecord]
    ) {
        bakes = waves.indices.map { $0 < bakeSeconds.count && bakeSeconds[$0] > 0 }
        for wave in waves {
            let start = keys.count
            for key in wave where places[key] == nil { Self.add(key, to: &keys, &places) }
            self.waves.append(start..<keys.count)
        }
        let planned = places
        for key in operations.keys.filter({ planned[$0] == nil }).sorted() {
            Self.add(key, to: &keys, &places)
        }
        records = keys.map { operations[$0] }
        lastEnds = Array(repeating: nil, count: waves.count)
        sets = Sets(capacity: keys.count)
        for place in keys.indices { sets.note(records[place], at: place) }
        for wave in self.waves.indices where bakes[wave] { lastEnds[wave] = lastEnd(of: wave) }
    }

    private static func add(
        _ key: OperationKey, to keys: inout [OperationKey], _ places: inout [OperationKey: Int]
    ) {
        places[key] = keys.count
        keys.append(key)
    }

    // MARK: Reading and changing

    /// The record of an operation; nil where none is known. An operation that is in no wave and
    /// was not there in the beginning is not taken in.
    package subscript(key: OperationKey) -> OperationRecord? {
        get { places[key].flatMap { records[$0] } }
        set {
            guard let place = places[key] else { return }
            let old = records[place]
            records[place] = newValue
            sets.note(newValue, at: place)
            guard let wave = waves.firstIndex(where: { $0.contains(place) }), bakes[wave]
            else { return }
            let (before, after) = (old.flatMap(Self.end), newValue.flatMap(Self.end))
            guard before != after else { return }
            // An end that is taken back may have been the last one.
            lastEnds[wave] = before == nil ? max(lastEnds[wave], after) : lastEnd(of: wave)
        }
    }

    /// The records that are known.
    package var values: some Sequence<OperationRecord> { records.lazy.compactMap(\.self) }

    /// How many failed.
    package var failures: Int { sets.failed.count }

    // MARK: What is open

    /// The operations that are known and have not ended, in the order of the waves.
    package var open: [OperationKey] {
        sets.open.places(in: keys.indices).filter { records[$0] != nil }.map { keys[$0] }
    }

    /// Those of them that an engine has begun beside the table and that do not wait for their
    /// cutover: somebody is at them, or was until he died.
    package var underWay: [OperationKey] {
        sets.engaged.places(in: keys.indices).filter { !sets.parked.contains($0) }.map { keys[$0] }
    }

    var known: Sets { sets }

    /// The places of all waves.
    var all: Range<Int> { 0..<(waves.last?.upperBound ?? 0) }

    func key(_ place: Int) -> OperationKey { keys[place] }

    func record(_ place: Int) -> OperationRecord? { records[place] }

    /// When the last operation of a wave that bakes ended that completed or failed; nil where none
    /// did, and for other waves.
    func lastEnd(ofWave wave: Int) -> Timestamp? { lastEnds[wave] }

    private func lastEnd(of wave: Int) -> Timestamp? {
        waves[wave].lazy.compactMap { self.records[$0].flatMap(Self.end) }.max()
    }

    private static func end(_ record: OperationRecord) -> Timestamp? {
        guard record.state == .completed || record.state == .failed else { return nil }
        return record.endedAt.flatMap(Timestamp.init(iso:))
    }

    private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        guard let left, let right else { return left ?? right }
        return left < right ? right : left
    }
}

extension RolloutOperations: Sequence {
    /// The operations that are known, in the order of the waves.
    package func makeIterator() -> AnyIterator<(key: OperationKey, value: OperationRecord)> {
        var place = 0
        return AnyIterator {
            while place < records.count {
                defer { place += 1 }
                if let record = records[place] { return (keys[place], record) }
            }
            return nil
        }
    }
}
