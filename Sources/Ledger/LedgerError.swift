import Basics
import Foundation
import Store

/// A failure of the ledger.
package struct LedgerError: RemediedError, Sendable, Equatable {
    /// The kinds of failure that callers tell apart.
    package enum Code: String, Sendable, CaseIterable {
        /// The path holds something that is not a ledger.
        case notALedger
        /// There is no ledger yet.
        case missing
        /// An object, reference or document is missing, or does not match its name.
        case damaged
        /// Another process is writing, or holds the lease.
        case locked
        /// The disk is full; nothing was changed.
        case diskFull
        /// The lease under which it was to be recorded is another one's by now; nothing was
        /// changed.
        case leaseLost
        /// Other writers kept moving the environment's branch while this one wrote.
        case lostRace
        /// A name, path or argument that the ledger does not accept.
        case invalid
        /// The signing key is missing or did not sign; nothing was changed.
        case unsigned
        /// The disk or its permissions refused the operation.
        case io
    }

    package let code: Code
    /// What failed, on which object or path.
    package let fault: String
    /// What to do about it.
    package let remedy: String?
    /// Whether trying again can help.
    package let retry: RetryClass

    package init(
        _ code: Code, _ fault: String, remedy: String? = nil, retry: RetryClass? = nil
    ) {
        self.code = code
        self.fault = fault
        self.remedy = remedy
        self.retry = retry ?? Self.usualRetry(code)
    }

    /// The ledger's error for a failure of its store; `subject` says what was being done.
    init(_ error: StoreError, about subject: String) {
        let code: Code =
            switch error.code {
            case .notAStore: .notALedger
            case .noStore: .missing
            case .corrupt, .missing: .damaged
            case .locked, .busy: .locked
            case .modified: .lostRace
            case .stale: .leaseLost
            case .diskFull: .diskFull
            case .invalid: .invalid
            case .unreadable, .indeterminate, .other: .io
            }
        guard Self.needsSubject(error.code) else {
            self.init(code, error.fault, remedy: error.remedy)
            return
        }
        // What a server says of itself leaves nothing to look for on a disk.
        let own = code == .io && error.remedy != nil ? nil : Self.remedy(code)
        let remedies = [error.remedy, own].compactMap { $0 }
        self.init(
            code, Self.joined(subject, error.fault), remedy: remedies.joined(separator: "; "),
            retry: error.code == .indeterminate ? .indeterminate : nil)
    }

    /// Both in one sentence, in which the place that one ends with and the other begins with stands
    /// once.
    private static func joined(_ subject: String, _ fault: String) -> String {
        guard let end = fault.firstRange(of: ": "),
            subject.hasSuffix(" " + fault[..<end.lowerBound])
        else { return "\(subject): \(fault)" }
        return "\(subject): \(fault[end.upperBound...])"
    }

    /// Whether the error of the store does not say by itself what was being done.
    private static func needsSubject(_ code: StoreError.Code) -> Bool {
        switch code {
        case .notAStore, .noStore, .locked, .busy, .stale: false
        case .corrupt, .missing, .modified, .diskFull, .invalid, .unreadable, .indeterminate,
            .other:
            true
        }
    }

    private static func usualRetry(_ code: Code) -> RetryClass {
        switch code {
        case .locked, .diskFull, .lostRace: .retryable
        case .notALedger, .missing, .damaged, .leaseLost, .invalid, .unsigned, .io: .permanent
        }
    }

    private static func remedy(_ code: Code) -> String {
        switch code {
        case .notALedger: "name the ledger's own folder"
        case .missing: "run `plumb reconcile`, which makes it"
        case .damaged: "run `plumb store verify` and restore what it names from a backup"
        case .locked: "try again when the other process is done"
        case .diskFull: "make room on the ledger's disk and try again"
        case .leaseLost: "look who reconciles the environment now"
        case .lostRace: "try again"
        case .invalid: "correct the name"
        case .unsigned: "check `sign` of the ledger, and the rights on the key"
        case .io: "check the ledger's disk or server, and the rights there"
        }
    }
}

/// Runs `body` and turns the store's error into the ledger's, about `subject`.
func translating<Result>(
    _ subject: @autoclosure () -> String, _ body: () throws(StoreError) -> Result
) throws(LedgerError) -> Result {
    do throws(StoreError) {
        return try body()
    } catch {
        throw LedgerError(error, about: subject())
    }
}
