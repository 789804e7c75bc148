import Basics
import CGit2

/// A failure of a repository, a source tree or a mirror.
package struct GitError: RemediedError, Sendable, Equatable {
    /// The kinds of failure that callers tell apart.
    package enum Code: String, Sendable, CaseIterable {
        /// No such repository, revision, folder or file.
        case notFound
        /// The branch has no commit yet.
        case unborn
        /// The repository has no commit at all.
        case empty
        /// Another process holds the reference or the mirror.
        case locked
        /// The reference moved after it was read: a compare-and-swap that lost.
        case modified
        /// The server's certificate or host key was not accepted.
        case certificate
        /// The server refused the credentials, or needs some and none are configured.
        case authentication
        /// The server could not be reached, or the connection broke.
        case network
        /// An object is damaged, missing or does not hash to its name.
        case corrupt
        /// The disk or a quota is full.
        case diskFull
        /// The object to create exists already.
        case exists
        /// A name, path or argument that git does not accept.
        case invalid
        /// The file exists but cannot be read or written.
        case unreadable
        /// Anything else, with libgit2's message.
        case other
    }

    package let code: Code
    /// What failed, on which object.
    package let fault: String
    /// What to do about it.
    package let remedy: String?

    package init(_ code: Code, _ fault: String, remedy: String? = nil) {
        self.code = code
        self.fault = fault
        self.remedy = remedy
    }

    /// Whether trying again can help.
    package var retry: RetryClass {
        switch code {
        case .locked, .modified, .network, .diskFull: .retryable
        case .notFound, .unborn, .empty, .certificate, .authentication, .corrupt, .exists,
            .invalid, .unreadable, .other:
            .permanent
        }
    }
}
