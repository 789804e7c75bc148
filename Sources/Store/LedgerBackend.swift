import Basics
import Foundation

/// A place that keeps the objects and references of a ledger.
///
/// It promises what a git repository and a database both can. An object that is missing is nil or
/// `missing`, one that is there and cannot be read is `unreadable`, and one with other bytes than
/// its id says is `corrupt`.
package protocol LedgerBackend: AnyObject, Sendable {
    /// What it is called in messages: its folder or its address.
    var place: String { get }

    /// Whether the place exists as a store.
    ///
    /// Throws `notAStore` where it holds something else.
    func isMade() throws(StoreError) -> Bool

    /// Makes the store where there is none, with this version.
    func make(version: Int64) throws(StoreError)

    /// The version that was set; nil where none was.
    func version() throws(StoreError) -> Int64?

    /// Sets the version.
    func setVersion(_ version: Int64) throws(StoreError)

    /// The object `id`, whose bytes hash to it; nil where it is missing.
    func get(_ id: ObjectID) throws(StoreError) -> GitObject?

    /// Those of `ids` that are not there.
    func absent(of ids: [ObjectID]) throws(StoreError) -> Set<ObjectID>

    /// The ids of the objects after `id`, in their order, `limit` of them at most.
    func objects(after id: ObjectID?, limit: Int) throws(StoreError) -> [ObjectID]

    /// Keeps objects; those that are there already are left as they are. They are durable when this
    /// returns.
    func put(_ objects: [GitObject]) throws(StoreError)

    /// Puts objects in the place of damaged ones with the same ids, and lets go of damaged objects
    /// for which there is no other: they are missing from then on, and may be put again. Makes anew
    /// what the store itself can, such as indexes; also where there are no objects to put.
    func replace(_ objects: [GitObject], discarding ids: [ObjectID]) throws(StoreError)

    /// The object that a reference names; nil where there is no such reference.
    func reference(_ name: String) throws(StoreError) -> ObjectID?

    /// The names of the references that begin with `prefix`, sorted; damaged ones are among them.
    func references(below prefix: String) throws(StoreError) -> [String]

    /// Keeps what `compose` returns, durable when this returns: all of it or nothing.
    ///
    /// `compose` runs while no other writer that takes its turn writes; it may read. It runs again,
    /// on what is there by then, where the store was lost before the end: what is returned last is
    /// kept. What passes by itself is waited out, as long as for the turn.
    ///
    /// Throws `modified` where a reference is not what the move expects, `stale` where one of
    /// `leases` is another one's by now, with its name, `locked` where the turn does not come in
    /// time, and what `compose` throws.
    ///
    /// - Parameters:
    ///   - purpose: what is being done, for those who wait meanwhile.
    ///   - compose: returns nil where there is nothing to write.
    /// - Returns: whether something was written.
    @discardableResult
    func write(
        _ purpose: String, under leases: [Lease], _ compose: () throws -> StoreWrite?
    ) throws -> Bool

    /// Points the store's default branch at `branch` where it names none that exists, for people
    /// who look into it with other programs.
    func pointHead(at branch: String)

    /// What holds an object, for people who restore it by hand.
    func whereabouts(of id: ObjectID) -> String

    /// Files that are damaged, whether or not an object in them can still be read; reads all.
    func damagedFiles() throws(StoreError) -> [DamagedFile]

    /// Files that an interrupted writer left; the next write removes them.
    func strayFiles() throws(StoreError) -> [String]

    /// What it takes on the disk.
    func size() throws(StoreError) -> StoreSize

    /// Makes it smaller without losing an object; others may read and write meanwhile.
    ///
    /// Nothing is removed before what replaces it was read in full. Throws `locked` while another
    /// one compacts, and `corrupt` where an object is damaged: it stays as it is.
    ///
    /// - Returns: whether something was written.
    @discardableResult
    func compact() throws(StoreError) -> Bool

    /// Whether it has grown so much since the last compaction that one is worth it.
    func isCompactionDue() throws(StoreError) -> Bool

    /// Forgets what is kept in memory of what was read, so that the next reads see the disk.
    func forget() throws(StoreError)

    /// Takes the lease `name`; throws `locked`, with the holder, while it is taken.
    ///
    /// A name is any text of 1 to 255 bytes, such as `worker/production/host:4711`; `invalid` is
    /// thrown for others. What is known of leases that nobody has held for a day is forgotten; a
    /// token is never given out twice for a name.
    ///
    /// - Parameter owner: who takes it and for what, for the error that others get meanwhile.
    func take(_ name: String, owner: String) throws(StoreError) -> any HeldLease

    /// The lease as it was taken last, held or not; nil where it never was, or long ago.
    func lease(_ name: String) throws(StoreError) -> Lease?

    /// What is known of the leases whose names begin with `prefix`, sorted by name.
    func leases(below prefix: String) throws(StoreError) -> [LeaseStanding]

    /// The time by the store's clock.
    func now() throws(StoreError) -> Date
}

/// A file of a store that is damaged.
package struct DamagedFile: Sendable, Hashable {
    /// Relative to the store's place.
    package let path: String
    /// What is wrong with it.
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// What one write keeps: objects, and references that are moved to some of them.
package struct StoreWrite: Sendable {
    package var objects: [GitObject]
    package var moves: [ReferenceMove]

    package init(objects: [GitObject], moves: [ReferenceMove]) {
        self.objects = objects
        self.moves = moves
    }
}

/// One compare-and-swap of a reference.
package struct ReferenceMove: Sendable, Hashable {
    /// The full name, as `refs/heads/production`.
    package let name: String
    /// What it must name now; nil where it must not exist.
    package let old: ObjectID?
    package let new: ObjectID

    package init(_ name: String, from old: ObjectID?, to new: ObjectID) {
        self.name = name
        self.old = old
        self.new = new
    }
}

extension LedgerBackend {
    /// Puts objects in the place of damaged ones with the same ids.
    package func replace(_ objects: [GitObject]) throws(StoreError) {
        try replace(objects, discarding: [])
    }

    /// Lists all objects in the order of their ids, `limit` at once.
    package func eachPage(
        of limit: Int, _ body: ([ObjectID]) throws(StoreError) -> Void
    ) throws(StoreError) {
        var last: ObjectID?
        while true {
            let ids = try objects(after: last, limit: limit)
            if !ids.isEmpty { try body(ids) }
            guard ids.count == limit else { return }
            last = ids.last
        }
    }

    /// Waits until a reference names something else than `known`, `seconds` at most; returns what
    /// it names then.
    ///
    /// The store is asked again and again, more rarely the longer nothing happens.
    package func change(
        of reference: String, from known: ObjectID?, seconds: Double
    ) throws(StoreError) -> ObjectID? {
        let end = ProcessInfo.processInfo.systemUptime + seconds
        var pause = 0.002
        while true {
            let found = try self.reference(reference)
            let rest = end - ProcessInfo.processInfo.systemUptime
            guard found == known, rest > 0 else { return found }
            Thread.sleep(forTimeInterval: min(pause, rest))
            pause = min(pause * 1.5, 0.25)
        }
    }
}
