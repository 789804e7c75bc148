import Foundation

/// The exclusive right to something, as the store has recorded it.
package struct Lease: Sendable, Hashable, Codable {
    package let name: String
    /// Who took it and for what.
    package let owner: String
    /// Grows with each time the lease is taken: a write with an older one is refused.
    package let token: Int64
    /// When it was taken, by the store's clock.
    package let taken: Date

    package init(name: String, owner: String, token: Int64, taken: Date) {
        self.name = name
        self.owner = owner
        self.token = token
        self.taken = taken
    }
}

/// What a store knows of a lease.
package struct LeaseStanding: Sendable, Hashable {
    /// As it was taken last.
    package let lease: Lease
    /// Whether it is refused to others.
    package let isHeld: Bool
    /// The last sign of life of its owner, by the store's clock; nil where there are none.
    package let renewed: Date?

    package init(_ lease: Lease, isHeld: Bool, renewed: Date?) {
        self.lease = lease
        self.isHeld = isHeld
        self.renewed = renewed
    }
}

/// A lease that this process holds, until it gives it back or ends.
package protocol HeldLease: AnyObject, Sendable {
    var lease: Lease { get }

    /// Whether the store confirmed it so recently that nobody can have taken it since.
    ///
    /// A process that was stopped for a while sees false, until ``renew()`` has succeeded. Asks
    /// nobody.
    var isSure: Bool { get }

    /// Makes sure that it is still held; throws `stale` where it is another one's by now.
    func renew() throws(StoreError)

    /// Gives it back; writes under it are refused from then on.
    func giveBack()
}

extension Lease {
    /// Throws `invalid` where no lease can have this name.
    package static func check(name: String) throws(StoreError) {
        guard (1...255).contains(name.utf8.count) else {
            throw StoreError(
                .invalid, "a lease's name has 1 to 255 bytes, not \(name.utf8.count)")
        }
    }
}
