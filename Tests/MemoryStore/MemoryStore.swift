import Basics
import Execution
import Foundation
import Store

/// What a ledger's store holds, in memory: the place that the handles of all simulated processes
/// share.
package final class MemoryStore: @unchecked Sendable {
    struct State {
        var version: Int64?
        var isMade = false
        var objects: [ObjectID: GitObject] = [:]
        /// Bytes that are no more those of their id.
        var damaged: Set<ObjectID> = []
        var references: [String: ObjectID] = [:]
        /// By the bytes of their names: two texts that look the same are two names.
        var leases: [[UInt8]: Lease] = [:]
        /// The names of the leases that somebody holds.
        var held: Set<[UInt8]> = []
        var lastToken: Int64 = 0
        /// Whether nobody can read the objects, or the references.
        var hidesObjects = false
        var hidesReferences = false
    }

    let state = Lock(State())
    /// The turn of writers. The thread that has it may read, and write through another handle.
    let turn = NSRecursiveLock()
    package let place: String
    let clock: @Sendable () -> Date

    package init(
        place: String = "memory", clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.place = place
        self.clock = clock
    }

    /// Ends the leases of a process that has died; what it does with them later has no effect.
    package func end(_ leases: [Lease]) {
        state.withLock { state in
            for lease in leases where state.leases[lease.key] == lease {
                state.held.remove(lease.key)
            }
        }
    }

    /// Whether somebody holds a lease.
    package func isHeld(_ name: String) -> Bool {
        state.withLock { $0.held.contains(Array(name.utf8)) }
    }

    /// Makes the bytes of an object others than its id says.
    package func damage(_ id: ObjectID) { state.withLock { _ = $0.damaged.insert(id) } }

    /// Makes the objects, or the references, something that cannot be read.
    package func obstruct(objects: Bool, references: Bool) {
        state.withLock { state in
            state.hidesObjects = objects
            state.hidesReferences = references
        }
    }

    /// Removes all that is known of a lease.
    package func forgetLease(_ name: String) {
        state.withLock { state in
            state.leases[Array(name.utf8)] = nil
            state.held.remove(Array(name.utf8))
        }
    }
}

extension MemoryStore.State {
    func requireMade(_ place: String) throws(StoreError) {
        guard isMade else { throw StoreError(.noStore, "there is no ledger at \(place)") }
    }

    func requireObjects() throws(StoreError) {
        if hidesObjects { throw StoreError(.unreadable, "the objects cannot be read") }
    }

    func requireReferences() throws(StoreError) {
        if hidesReferences { throw StoreError(.unreadable, "the references cannot be read") }
    }

    func require(_ lease: Lease) throws(StoreError) {
        guard held.contains(lease.key), leases[lease.key] == lease else {
            throw StoreError(
                .stale, "the lease \(lease.name), number \(lease.token), is not held any more")
        }
    }

    mutating func keep(_ new: [GitObject]) throws(StoreError) {
        for object in new {
            // What was read beside its id may not be what the id says.
            guard object.isHashed || GitObject(object.kind, object.bytes).id == object.id else {
                throw StoreError(.corrupt, "object \(object.id) has other bytes than its id says")
            }
        }
        for object in new where objects[object.id] == nil { objects[object.id] = object }
    }

    /// Makes sure that every move can be made.
    func check(_ write: StoreWrite) throws(StoreError) {
        if let fault = ReferenceRules.fault(write.moves.map(\.name), beside: references.keys) {
            throw StoreError(.invalid, fault)
        }
        let new = Set(write.objects.map(\.id))
        for move in write.moves {
            guard references[move.name] == move.old else {
                throw StoreError(.modified, "\(move.name) is not what was expected")
            }
        }
        for move in write.moves where objects[move.new] == nil && !new.contains(move.new) {
            throw StoreError(.missing, "object \(move.new) is not there")
        }
    }
}

extension Lease {
    /// What a store in memory knows it by.
    var key: [UInt8] { Array(name.utf8) }
}
