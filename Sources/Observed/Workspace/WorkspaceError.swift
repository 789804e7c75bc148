import Basics
import MySQLClient
import Schema

/// Why no workspace could be used, or what it refused.
package struct WorkspaceError: RemediedError, Sendable {
    /// The kinds of failure that callers tell apart.
    package enum Code: String, Sendable {
        /// The workspace's database could not be created, used or dropped.
        case unavailable
        /// The server refuses tables from git; `rejections` lists all of them.
        case rejected
        /// The statements of a change do not lead to the wanted table.
        case notProved
    }

    package let code: Code
    package let fault: String
    package let remedy: String?
    package let rejections: [RejectedTable]
    package let retry: RetryClass
    /// Whether another server may succeed: this one is full, read-only or refuses logins. Not so
    /// where the session was lost while a text ran, as the text may be the cause.
    package private(set) var isForAnother = false

    init(
        _ code: Code, _ fault: String, remedy: String? = nil, rejections: [RejectedTable] = [],
        retry: RetryClass = .permanent
    ) {
        self.code = code
        self.fault = fault
        self.remedy = remedy
        self.rejections = rejections
        self.retry = retry
    }

    /// A failure of the server that is not about a text or change.
    package init(_ error: MySQLError, while activity: String, remedy: String? = nil) {
        // Only the workspace can be left half done, so starting again is always safe.
        self.init(
            .unavailable, "workspace: \(activity): \(error.fault)", remedy: remedy ?? error.remedy,
            retry: error.retry == .permanent ? .permanent : .retryable)
        switch error.kind {
        case .unreachable, .connectionLimit, .hourlyLimit, .diskFull, .readOnly: isForAnother = true
        default: break
        }
    }

    /// The workspace was closed before the work began.
    package static let closed = WorkspaceError(
        .unavailable, "the workspace was closed", retry: .retryable)

    init(rejected tables: [RejectedTable]) {
        let sorted = tables.sorted { "\($0.location)" < "\($1.location)" }
        self.init(
            .rejected, sorted.map(\.description).joined(separator: "\n"), rejections: sorted)
    }
}

/// A table or other object whose text the server refuses.
package struct RejectedTable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The encoded name.
    package let table: String
    package let location: SourceLocation
    /// The server's message, or Plumb's reason where the server raised no error.
    package let reason: String

    package var description: String {
        "\(location): \(ObjectName(encoded: table)): \(reason)"
    }
}
