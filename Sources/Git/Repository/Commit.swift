import Basics
import CGit2
import Foundation

/// A commit of a repository.
package struct Commit: Hashable, Sendable {
    package let id: ObjectID
    package let tree: ObjectID
    package let parents: [ObjectID]
    package let authorName: String
    package let authorEmail: String
    /// When the author wrote it.
    package let time: Date
    /// The whole message.
    package let message: String

    package init(
        id: ObjectID, tree: ObjectID, parents: [ObjectID], authorName: String,
        authorEmail: String, time: Date, message: String
    ) {
        self.id = id
        self.tree = tree
        self.parents = parents
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.time = time
        self.message = message
    }

    /// The first line of the message.
    package var summary: String {
        message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true)
            .first.map(String.init) ?? ""
    }
}

extension Repository {
    /// The commit that a reference, an id or another revision of git's syntax stands for.
    ///
    /// Throws `empty` in a repository without commits, `notFound` for an unknown name, and
    /// `invalid` for a name that a branch and a tag share with different commits: whoever may push
    /// one of them could put it in the place of the other.
    package func resolve(_ revision: String) throws(GitError) -> Commit {
        guard !revision.isEmpty, !revision.utf8.contains(0) else {
            throw GitError(
                .invalid, "an empty revision", remedy: "name a branch, a tag or a commit")
        }
        return try locked { (pointer) throws(GitError) in
            let what = "finding revision \(revision) in \(folder)"
            try refuseHomonym(revision, pointer)
            if let named = Self.target(of: revision, pointer) { try checkLength(of: named) }
            let object: Handle
            do throws(GitError) {
                object = try Handle(what, free: git_object_free) {
                    git_revparse_single(&$0.pointee, pointer, revision)
                }
            } catch  where error.code == .notFound {
                if try isEmpty() {
                    throw GitError(.empty, "\(what): the repository has no commit yet")
                }
                throw error
            }
            let commit = try Handle(what, free: git_object_free) {
                git_object_peel(&$0.pointee, object.pointer, GIT_OBJECT_COMMIT)
            }
            return Self.commit(from: commit.pointer)
        }
    }

    private func refuseHomonym(_ name: String, _ pointer: OpaquePointer) throws(GitError) {
        guard name != "HEAD", !name.hasPrefix("refs/"), ObjectID(hex: name) == nil else { return }
        let places = ["refs/heads/\(name)", "refs/tags/\(name)"]
        defer { git_error_clear() }
        for place in places {
            var id = git_oid()
            guard git_reference_name_to_id(&id, pointer, place) == 0 else { return }
        }
        guard try resolve(places[0]).id != resolve(places[1]).id else { return }
        throw GitError(
            .invalid, "\(name) is a branch and a tag of \(folder), with different commits",
            remedy: "name the one that is meant in full: \(places[0]) or \(places[1])")
    }

    /// The object that a plain name or a whole id stands for; nil for other expressions, and where
    /// a name leads nowhere: that is said when it is looked up in full.
    private static func target(of revision: String, _ pointer: OpaquePointer) -> ObjectID? {
        if let id = ObjectID(hex: revision) { return id }
        defer { git_error_clear() }
        let reference = try? Handle("finding \(revision)", free: git_reference_free) {
            git_reference_dwim(&$0.pointee, pointer, revision)
        }
        let direct = try? reference.map { reference in
            try Handle("following \(revision)", free: git_reference_free) {
                git_reference_resolve(&$0.pointee, reference.pointer)
            }
        }
        return direct.flatMap { git_reference_target($0.pointer) }.map { ObjectID($0.pointee) }
    }

    /// Reads the commit `id`; throws `corrupt` where it is missing, since something refers to it.
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        try locked { (pointer) throws(GitError) in
            let handle = try object(id, "commit") { out, raw in
                git_commit_lookup(out, pointer, raw)
            }
            return Self.commit(from: handle.pointer)
        }
    }

    /// Looks up an object that another one refers to: a missing one is reported as `corrupt`.
    func object(
        _ id: ObjectID, _ kind: String,
        _ make: (UnsafeMutablePointer<OpaquePointer?>, UnsafePointer<git_oid>) -> Int32
    ) throws(GitError) -> Handle {
        try checkLength(of: id)
        do throws(GitError) {
            return try Handle("reading \(kind) \(id) of \(folder)", free: git_object_free) { out in
                var raw = id.raw
                return make(out, &raw)
            }
        } catch  where error.code == .notFound || error.code == .invalid || error.code == .other {
            throw GitError(.corrupt, error.message)
        }
    }

    private static func commit(from pointer: OpaquePointer) -> Commit {
        func text(_ value: UnsafePointer<CChar>?) -> String {
            value.map { String(cString: $0) } ?? ""
        }
        let author = git_commit_author(pointer)
        let parents = (0..<git_commit_parentcount(pointer)).compactMap { place in
            git_commit_parent_id(pointer, place).map { ObjectID($0.pointee) }
        }
        return Commit(
            id: ObjectID(git_commit_id(pointer).pointee),
            tree: ObjectID(git_commit_tree_id(pointer).pointee),
            parents: parents,
            authorName: text(author?.pointee.name), authorEmail: text(author?.pointee.email),
            time: Date(timeIntervalSince1970: Double(author?.pointee.when.time ?? 0)),
            message: text(git_commit_message(pointer)))
    }
}
