import Foundation
import Git

/// The state of the schema repository that was read.
package struct Revision: Hashable, Sendable {
    /// Says that the source could not be fetched, and how old the copy is.
    package struct Staleness: Hashable, Sendable {
        package let since: Date
        package let reason: String

        package init(since: Date, reason: String) {
            self.since = since
            self.reason = reason
        }
    }

    /// 40 hexadecimal digits; nil for files outside of a repository.
    package let commit: String?
    /// The first line of the commit's message.
    package let summary: String
    package let authorName: String
    package let authorEmail: String
    package let committedAt: Date?
    package let refName: String?
    /// Whether the files of a working tree were read, with uncommitted changes.
    package let isWorkingTree: Bool
    package let fetchedAt: Date?
    package let staleness: Staleness?

    package init(
        commit: String?, summary: String = "", authorName: String = "", authorEmail: String = "",
        committedAt: Date? = nil, refName: String? = nil, isWorkingTree: Bool = false,
        fetchedAt: Date? = nil, staleness: Staleness? = nil
    ) {
        self.commit = commit
        self.summary = summary
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.committedAt = committedAt
        self.refName = refName
        self.isWorkingTree = isWorkingTree
        self.fetchedAt = fetchedAt
        self.staleness = staleness
    }

    /// The revision of a commit.
    package init(
        _ commit: Commit, refName: String? = nil, isWorkingTree: Bool = false,
        fetchedAt: Date? = nil, staleness: Staleness? = nil
    ) {
        self.init(
            commit: commit.id.description, summary: commit.summary,
            authorName: commit.authorName, authorEmail: commit.authorEmail,
            committedAt: commit.time, refName: refName, isWorkingTree: isWorkingTree,
            fetchedAt: fetchedAt, staleness: staleness)
    }
}
