import Basics
import Execution
import Foundation
import Store

/// One handle on a ``MemoryStore``, as one process has it. It keeps the promises of
/// `LedgerBackend`, which the contract tests hold it to.
package final class MemoryBackend: LedgerBackend {
    /// What is about to be done, or was done: what `meddle` may make fail.
    package enum Moment: Sendable {
        case reading
        /// Nothing of the write is durable yet.
        case before(String)
        /// The write is durable and not yet acknowledged.
        case after(String)
    }

    private let store: MemoryStore
    private let waitSeconds: Double
    private let taken = Lock<[Lease]>([])
    /// Called at each moment; what it throws is what the caller gets.
    private let meddle: @Sendable (Moment) throws(StoreError) -> Void

    package init(
        _ store: MemoryStore, waitSeconds: Double = 120,
        meddle: @escaping @Sendable (Moment) throws(StoreError) -> Void = { _ in }
    ) {
        self.store = store
        self.waitSeconds = waitSeconds
        self.meddle = meddle
    }

    package var place: String { store.place }

    package func isMade() throws(StoreError) -> Bool { store.state.withLock { $0.isMade } }

    package func make(version: Int64) throws(StoreError) {
        try writing("making the ledger") { state in
            guard !state.isMade else { return }
            state.isMade = true
            state.version = version
        }
    }

    package func version() throws(StoreError) -> Int64? {
        try reading { (state) throws(StoreError) in state.version }
    }

    package func setVersion(_ version: Int64) throws(StoreError) {
        try writing("marking its layout") { (state) throws(StoreError) in
            try state.requireMade(place)
            state.version = version
        }
    }

    /// Runs `body` between the two moments of a durable effect.
    private func writing(
        _ purpose: String, _ body: (inout MemoryStore.State) throws(StoreError) -> Void
    ) throws(StoreError) {
        try meddle(.before(purpose))
        try store.state.withLock(body)
        try meddle(.after(purpose))
    }

    private func reading<Result>(
        _ body: (MemoryStore.State) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try meddle(.reading)
        return try store.state.withLock { (state) throws(StoreError) in
            try state.requireMade(place)
            return try body(state)
        }
    }

    // MARK: Objects

    package func get(_ id: ObjectID) throws(StoreError) -> GitObject? {
        try reading { (state) throws(StoreError) in
            try state.requireObjects()
            guard !state.damaged.contains(id) else {
                throw StoreError(.corrupt, "object \(id) has other bytes than its id says")
            }
            return state.objects[id]
        }
    }

    package func absent(of ids: [ObjectID]) throws(StoreError) -> Set<ObjectID> {
        try reading { (state) throws(StoreError) in
            try state.requireObjects()
            return Set(ids.filter { state.objects[$0] == nil })
        }
    }

    package func objects(after id: ObjectID?, limit: Int) throws(StoreError) -> [ObjectID] {
        try reading { (state) throws(StoreError) in
            try state.requireObjects()
            let later = state.objects.keys.filter { known in id.map { known > $0 } ?? true }
            return Array(later.sorted().prefix(limit))
        }
    }

    package func put(_ objects: [GitObject]) throws(StoreError) {
        try writing("keeping objects") { (state) throws(StoreError) in
            try state.requireMade(place)
            try state.keep(objects)
        }
    }

    package func replace(
        _ objects: [GitObject], discarding ids: [ObjectID]
    ) throws(StoreError) {
        try writing("repairing") { (state) throws(StoreError) in
            try state.requireMade(place)
            for id in ids where state.damaged.remove(id) != nil { state.objects[id] = nil }
            for object in objects where state.damaged.remove(object.id) != nil {
                state.objects[object.id] = nil
            }
            try state.keep(objects)
        }
    }

    // MARK: References

    package func reference(_ name: String) throws(StoreError) -> ObjectID? {
        try reading { (state) throws(StoreError) in
            try state.requireReferences()
            return state.references[name]
        }
    }

    package func references(below prefix: String) throws(StoreError) -> [String] {
        try reading { (state) throws(StoreError) in
            try state.requireReferences()
            return state.references.keys.filter { $0.hasPrefix(prefix) }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
    }

    package func write(
        _ purpose: String, under leases: [Lease], _ compose: () throws -> StoreWrite?
    ) throws -> Bool {
        try meddle(.before(purpose))
        guard store.turn.lock(before: Date(timeIntervalSinceNow: waitSeconds)) else {
            throw StoreError(.locked, "another process is writing to \(place)")
        }
        let isWritten: Bool
        do {
            defer { store.turn.unlock() }
            try store.state.withLock { state throws(StoreError) in
                try state.requireMade(place)
                for lease in leases { try state.require(lease) }
            }
            guard let write = try compose() else { return false }
            try store.state.withLock { state throws(StoreError) in
                try state.requireReferences()
                try state.check(write)
                try state.keep(write.objects)
                for move in write.moves { state.references[move.name] = move.new }
            }
            isWritten = true
        }
        try meddle(.after(purpose))
        return isWritten
    }

    // MARK: Leases

    package func take(_ name: String, owner: String) throws(StoreError) -> any HeldLease {
        try Lease.check(name: name)
        try meddle(.before("taking the lease \(name)"))
        let time = store.clock()
        let lease = try store.state.withLock { state throws(StoreError) -> Lease in
            try state.requireMade(place)
            let key = Array(name.utf8)
            if state.held.contains(key) {
                throw StoreError(.locked, state.leases[key]?.owner ?? "somebody")
            }
            state.lastToken += 1
            let lease = Lease(name: name, owner: owner, token: state.lastToken, taken: time)
            state.leases[key] = lease
            state.held.insert(key)
            return lease
        }
        taken.withLock { $0.append(lease) }
        return MemoryLease(lease, in: store)
    }

    /// Ends the leases of this handle, as the death of its process does.
    package func endLeases() { store.end(taken.withLock { $0 }) }

    package func lease(_ name: String) throws(StoreError) -> Lease? {
        try reading { (state) throws(StoreError) in state.leases[Array(name.utf8)] }
    }

    package func leases(below prefix: String) throws(StoreError) -> [LeaseStanding] {
        try reading { (state) throws(StoreError) in
            state.leases.values.filter { Array($0.name.utf8).starts(with: prefix.utf8) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                .map { lease in
                    let isHeld = state.held.contains(lease.key)
                    return LeaseStanding(
                        lease, isHeld: isHeld, renewed: isHeld ? store.clock() : nil)
                }
        }
    }

    // MARK: What a store in memory has no need for

    package func pointHead(at branch: String) {}
    package func whereabouts(of id: ObjectID) -> String { "\(place):\(id)" }
    package func damagedFiles() throws(StoreError) -> [DamagedFile] { [] }
    package func strayFiles() throws(StoreError) -> [String] { [] }
    package func compact() throws(StoreError) -> Bool { false }
    package func isCompactionDue() throws(StoreError) -> Bool { false }
    package func forget() throws(StoreError) {}
    package func now() throws(StoreError) -> Date { store.clock() }

    package func size() throws(StoreError) -> StoreSize {
        try reading { (state) throws(StoreError) in
            let bytes = state.objects.values.reduce(0) { $0 + $1.bytes.count }
            return StoreSize(singles: state.objects.count, packs: 0, bytes: bytes)
        }
    }
}

/// A lease of a ``MemoryStore``.
private final class MemoryLease: HeldLease {
    let lease: Lease
    private let store: MemoryStore

    init(_ lease: Lease, in store: MemoryStore) {
        self.lease = lease
        self.store = store
    }

    deinit { giveBack() }

    var isSure: Bool {
        store.state.withLock { state in (try? state.require(lease)) != nil }
    }

    func renew() throws(StoreError) {
        try store.state.withLock { state throws(StoreError) in try state.require(lease) }
    }

    func giveBack() { store.end([lease]) }
}
