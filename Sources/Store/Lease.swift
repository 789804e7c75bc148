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

/// A lease that this process holds, until it gives it back or ends.
package protocol HeldLease: AnyObject, Sendable {
    var lease: Lease { get }

    /// Makes sure that it is still held; throws `stale` where it is another one's by now.
    func renew() throws(StoreError)

    /// Gives it back; writes under it are refused from then on.
    func giveBack()
}
