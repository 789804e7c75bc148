import Basics
import CGit2

/// A person that a commit names.
package struct GitPerson: Hashable, Sendable {
    package let name: String
    package let email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

/// A commit of a range, with its people and its changes to files.
package struct HistoryCommit: Hashable, Sendable {
    package let id: ObjectID
    package let author: GitPerson
    package let committer: GitPerson
    /// The persons in `Co-authored-by` lines, in any paragraph of the message.
    package let coAuthors: [GitPerson]
    package let changes: [FileChange]

    /// The author, the committer and all co-authors.
    package var people: [GitPerson] { [author, committer] + coAuthors }
}

/// A commit's change to one path.
package struct FileChange: Hashable, Sendable {
    package let path: String
    /// The file's blob in each parent; nil where there is no regular file.
    package let before: [ObjectID?]
    package let after: ObjectID?
}

extension Repository {
    /// Whether this is a shallow clone (`git clone --depth`), which lacks commits.
    package var isShallow: Bool {
        locked { pointer in git_repository_is_shallow(pointer) != 0 }
    }

    /// The commits that are ancestors of `tip` and not of `base`, over all parents; all ancestors
    /// where `base` is nil.
    ///
    /// A merge changed a file where the file differs from every parent, and also where it equals
    /// one parent's although the other side had changed it: that was a choice. A file that only one
    /// side changed came with that side's own commits.
    ///
    /// Throws `invalid` for more than `limit` commits and for a shallow clone: missing commits
    /// would hide who made a change.
    package func commits(
        of tip: ObjectID, without base: ObjectID?, limit: Int = historyLimit
    ) throws(GitError) -> [HistoryCommit] {
        guard !isShallow else {
            throw GitError(
                .invalid, "\(folder) is a shallow clone: its history is cut off",
                remedy: "fetch the rest with `git fetch --unshallow`")
        }
        let ids = try ids(of: tip, without: base, limit: limit)
        var result: [HistoryCommit] = []
        result.reserveCapacity(ids.count)
        for id in ids { result.append(try history(of: id)) }
        return result
    }

    private func ids(
        of tip: ObjectID, without base: ObjectID?, limit: Int
    ) throws(GitError) -> [ObjectID] {
        try locked { (pointer) throws(GitError) in
            let what = "walking the history of \(tip.short) in \(folder)"
            let walk = try Handle(what, free: git_revwalk_free) {
                git_revwalk_new(&$0.pointee, pointer)
            }
            var start = tip.raw
            try LibGit.check(git_revwalk_push(walk.pointer, &start), what)
            if var hidden = base?.raw {
                try LibGit.check(git_revwalk_hide(walk.pointer, &hidden), what)
            }
            var ids: [ObjectID] = []
            var next = git_oid()
            while true {
                let code = git_revwalk_next(&next, walk.pointer)
                if code == GIT_ITEROVER.rawValue { return ids }
                try LibGit.check(code, what)
                guard ids.count < limit else {
                    throw GitError(
                        .invalid,
                        "\(tip.short) has more than \(limit) commits since "
                            + "\(base?.short ?? "its beginning")",
                        remedy: "converge more often: that many are not searched")
                }
                ids.append(ObjectID(next))
            }
        }
    }

    /// One commit with its changes.
    package func history(of id: ObjectID) throws(GitError) -> HistoryCommit {
        try locked { (pointer) throws(GitError) in
            let handle = try object(id, "commit") { out, raw in
                git_commit_lookup(out, pointer, raw)
            }
            let parents = (0..<git_commit_parentcount(handle.pointer)).compactMap { place in
                git_commit_parent_id(handle.pointer, place).map { ObjectID($0.pointee) }
            }
            guard let treeID = git_commit_tree_id(handle.pointer) else {
                throw GitError(.corrupt, "commit \(id) of \(folder) names no tree")
            }
            let tree = ObjectID(treeID.pointee)
            return HistoryCommit(
                id: id, author: Self.person(git_commit_author(handle.pointer)),
                committer: Self.person(git_commit_committer(handle.pointer)),
                coAuthors: CoAuthors.named(in: Self.message(handle.pointer)),
                changes: try ChangedFiles(repository: self, parents: parents, tree: tree).all())
        }
    }

    static func person(_ signature: UnsafePointer<git_signature>?) -> GitPerson {
        func text(_ value: UnsafePointer<CChar>?) -> String {
            value.map { String(cString: $0) } ?? ""
        }
        return GitPerson(
            name: text(signature?.pointee.name), email: text(signature?.pointee.email))
    }

    private static func message(_ commit: OpaquePointer) -> String {
        git_commit_message(commit).map { String(cString: $0) } ?? ""
    }
}

/// The `Co-authored-by` lines of a message.
enum CoAuthors {
    private static let key = "co-authored-by:"

    static func named(in message: String) -> [GitPerson] {
        message.split(whereSeparator: \.isNewline).compactMap { line in
            let text = line.drop { $0 == " " || $0 == "\t" }
            guard text.lowercased().hasPrefix(key) else { return nil }
            return GitPerson(spelled: String(text.dropFirst(key.count)))
        }
    }
}

extension GitPerson {
    /// Reads `Name <address>`; a text without angle brackets is a name alone.
    package init(spelled text: String) {
        let blank: (Character) -> Bool = { $0.isWhitespace }
        func trimmed(_ part: Substring) -> String {
            String(part.drop(while: blank).reversed().drop(while: blank).reversed())
        }
        guard let open = text.lastIndex(of: "<") else {
            self.init(name: trimmed(text[...]), email: "")
            return
        }
        let rest = text[text.index(after: open)...]
        self.init(
            name: trimmed(text[..<open]), email: trimmed(rest.prefix { $0 != ">" }))
    }

    /// `Name <address>`, or the one of them that is known.
    package var spelled: String {
        if email.isEmpty { return name }
        return name.isEmpty ? "<\(email)>" : "\(name) <\(email)>"
    }

    /// Whether it is a service that commits for people, such as GitHub's web editor.
    package var isService: Bool { email.lowercased() == "noreply@github.com" }
}

extension HistoryCommit {
    /// The people who made the commit: the author, and the others except services.
    package var peopleWithoutServices: [GitPerson] {
        people.filter { $0 == author || !$0.isService }
    }
}
