import Foundation
import Git

/// Which state of the schema repository was read, for people and for the ledger.
package struct Revision: Hashable, Sendable {
    /// The source could not be fetched: what is known is this old.
    package struct Staleness: Hashable, Sendable {
        package let since: Date
        package let reason: String

        package init(since: Date, reason: String) {
            self.since = since
            self.reason = reason
        }
    }

    /// 40 hexadecimal digits; nil for files that lie in no repository.
    package let commit: String?
    /// The first line of the commit's message.
    package let summary: String
    package let authorName: String
    package let authorEmail: String
    package let committedAt: Date?
    package let refName: String?
    /// True where the files were read as they lie, changes that nobody committed included.
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

    /// The revision of a commit that was read.
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
