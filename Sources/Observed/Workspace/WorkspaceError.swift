import Basics
import MySQLClient
import Schema

/// Why a workspace could not be had, or what it refused.
package struct WorkspaceError: RemediedError, Sendable {
    package enum Code: String, Sendable {
        /// The scratch database could not be made, used or dropped.
        case unavailable
        /// The server refuses tables that git holds; `rejections` has all of them.
        case rejected
        /// The statements of a change do not lead to the table that is wanted.
        case notProved
    }

    package let code: Code
    package let fault: String
    package let remedy: String?
    package let rejections: [RejectedTable]
    package let retry: RetryClass
    /// Whether another server like it may do what this one cannot: it is full, read-only, or lets
    /// nobody in. One that was lost under a text is not: the text may be why.
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

    /// The server failed where it should not.
    package init(_ error: MySQLError, while activity: String, remedy: String? = nil) {
        // Nothing but scratch tables can be half done: starting afresh is always right.
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

/// A table, or other object, that the server will not create as it is written.
package struct RejectedTable: Error, Sendable, Hashable, CustomStringConvertible {
    /// Its encoded name.
    package let table: String
    package let location: SourceLocation
    /// The server's words, or Plumb's where the server is silent.
    package let reason: String

    package var description: String {
        "\(location): \(ObjectName(encoded: table)): \(reason)"
    }
}
