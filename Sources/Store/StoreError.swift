import Basics

/// A failure of the store below the ledger.
package struct StoreError: RemediedError, Sendable, Equatable {
    /// The kinds of failure that callers tell apart.
    package enum Code: String, Sendable, CaseIterable {
        /// The place holds something that is no store.
        case notAStore
        /// There is no store yet.
        case noStore
        /// An object that another one names is not there.
        case missing
        /// An object's bytes do not hash to its id, or a reference holds no id.
        case corrupt
        /// Something is there and cannot be read or written.
        case unreadable
        /// Another process is writing, or holds the lease.
        case locked
        /// A reference moved after it was read: a compare-and-swap that lost. Nothing was changed.
        case modified
        /// Another program is moving the reference. Nothing was changed.
        case busy
        /// The lease of the write is another one's by now. Nothing was changed.
        case stale
        /// The disk or a quota is full. Nothing was changed.
        case diskFull
        /// A name or a path that the store does not take.
        case invalid
        /// It is not known whether the write happened.
        case indeterminate
        /// Anything else.
        case other
    }

    package let code: Code
    /// What failed, on which object or file.
    package let fault: String
    /// What to do about it.
    package let remedy: String?

    package init(_ code: Code, _ fault: String, remedy: String? = nil) {
        self.code = code
        self.fault = fault
        self.remedy = remedy
    }
}

extension StoreError {
    /// The error for a place that holds something else than a ledger.
    package static func notALedger(_ place: String, _ why: String) -> StoreError {
        StoreError(
            .notAStore, "\(place) is not a ledger: \(why)",
            remedy: "name the ledger's own folder, or a new one")
    }
}
