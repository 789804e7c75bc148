import Basics
import CGit2
import Foundation

/// The author and time of a commit.
package struct Signature: Sendable, Hashable {
    package let name: String
    package let email: String
    package let time: Date

    package init(name: String, email: String, time: Date) {
        self.name = name
        self.email = email
        self.time = time
    }
}

extension Repository {
    /// From this many edits on, a commit's objects are written as one pack, not as single files.
    package static let packThreshold = 60

    /// Writes a commit whose tree is that of `parent` with `edits` applied, without moving a
    /// branch.
    ///
    /// All objects are on the disk when this returns. Throws `invalid` for a path or name that git
    /// refuses, `diskFull` where there is no space, and the errors of `signer`.
    ///
    /// - Parameter signer: signs the commit; nil for an unsigned commit.
    package func writeCommit(
        _ edits: TreeEdits, onto parent: ObjectID?, by author: Signature, message: String,
        signer: CommitSigner? = nil
    ) throws(GitError) -> ObjectID {
        guard edits.paths.count > Self.packThreshold else {
            return try locked { (pointer) throws(GitError) in
                try CommitWriter(pointer, folder: folder, signer: signer)
                    .write(edits, onto: parent, by: author, message: message).commit
            }
        }
        // A handle of its own, so that readers do not see objects that exist in memory only.
        return try Repository(opening: folder).locked { (pointer) throws(GitError) in
            let memory = try MemoryPack(pointer, folder: folder)
            let result = try CommitWriter(pointer, folder: folder, signer: signer)
                .write(edits, onto: parent, by: author, message: message)
            try memory.writePack(of: result.objects)
            return result.commit
        }
    }
}

/// Writes one commit through a repository handle that the caller holds.
private struct CommitWriter {
    private let repository: OpaquePointer
    private let folder: String
    private let signer: CommitSigner?

    init(_ repository: OpaquePointer, folder: String, signer: CommitSigner?) {
        self.repository = repository
        self.folder = folder
        self.signer = signer
    }

    /// Writes the commit; returns its id and the ids of all objects written for it.
    func write(
        _ edits: TreeEdits, onto parent: ObjectID?, by author: Signature, message: String
    ) throws(GitError) -> (commit: ObjectID, objects: [ObjectID]) {
        let what = "committing to \(folder)"
        let parents = try parent.map { (id) throws(GitError) in
            [try lookUp(id, what, git_object_free, git_commit_lookup)]
        }
        var editor = TreeEditor(repository, folder: folder)
        let treeID = try editor.apply(edits, to: try parents?.first.map(Self.treeID))
        let tree = try lookUp(treeID, what, git_object_free, git_tree_lookup)
        let signature = try SignatureHandle(author)
        var pointers: [OpaquePointer?] = (parents ?? []).map(\.pointer)
        let id: ObjectID
        if let signer {
            var buffer = git_buf()
            defer { git_buf_dispose(&buffer) }
            try LibGit.check(
                git_commit_create_buffer(
                    &buffer, repository, signature.pointer, signature.pointer, "UTF-8", message,
                    tree.pointer, pointers.count, &pointers), what)
            id = try write(buffer, signedBy: signer, what)
        } else {
            var raw = git_oid()
            LibGit.forget()
            let code = git_commit_create(
                &raw, repository, nil, signature.pointer, signature.pointer, "UTF-8", message,
                tree.pointer, pointers.count, &pointers)
            try LibGit.check(code, what)
            id = ObjectID(raw)
        }
        withExtendedLifetime(parents) {}
        return (id, editor.written + [id])
    }

    /// Writes the commit whose text is in `buffer`, with its signature.
    private func write(
        _ buffer: git_buf, signedBy signer: CommitSigner, _ what: String
    ) throws(GitError) -> ObjectID {
        guard let text = buffer.ptr else {
            throw GitError(.other, "\(what): libgit2 gave no text of the commit")
        }
        let payload = Array(UnsafeRawBufferPointer(start: text, count: buffer.size))
        // A line break at the end would become another line of the commit's header.
        let armoured = try signer(payload).trimmingCharacters(in: .newlines)
        var id = git_oid()
        LibGit.forget()
        try LibGit.check(
            git_commit_create_with_signature(&id, repository, text, armoured, nil), what)
        return ObjectID(id)
    }

    private func lookUp(
        _ id: ObjectID, _ what: String, _ free: @escaping (OpaquePointer?) -> Void,
        _ find: (
            UnsafeMutablePointer<OpaquePointer?>?, OpaquePointer?, UnsafePointer<git_oid>?
        ) -> Int32
    ) throws(GitError) -> Handle {
        try LooseObject.check(id, in: repository, folder: folder)
        do throws(GitError) {
            return try Handle("\(what): reading \(id)", free: free) { out in
                var raw = id.raw
                return find(out, repository, &raw)
            }
        } catch  where error.code == .notFound {
            throw GitError(.corrupt, error.message)
        }
    }

    private static func treeID(of commit: Handle) throws(GitError) -> ObjectID {
        guard let id = git_commit_tree_id(commit.pointer) else {
            throw GitError(.corrupt, "a commit without a tree")
        }
        return ObjectID(id.pointee)
    }
}

/// The owner of a `git_signature`.
private final class SignatureHandle {
    let pointer: UnsafeMutablePointer<git_signature>

    init(_ signature: Signature) throws(GitError) {
        var created: UnsafeMutablePointer<git_signature>?
        let code = git_signature_new(
            &created, signature.name, signature.email,
            git_time_t(signature.time.timeIntervalSince1970.rounded(.down)), 0)
        guard code >= 0, let created else {
            throw GitError(
                .invalid,
                "\(signature.name) <\(signature.email)>: not a name and address git accepts",
                remedy: "neither may be empty or hold '<', '>' or a line break")
        }
        pointer = created
    }

    deinit { git_signature_free(pointer) }
}

/// Keeps the objects that a repository handle writes in memory, to write them as one pack.
private final class MemoryPack {
    private let repository: OpaquePointer
    private let folder: String
    /// Owned by the object database once it is added.
    private let backend: UnsafeMutablePointer<git_odb_backend>

    init(_ repository: OpaquePointer, folder: String) throws(GitError) {
        self.repository = repository
        self.folder = folder
        let odb = try Self.odb(repository, folder)
        var created: UnsafeMutablePointer<git_odb_backend>?
        try LibGit.check(git_mempack_new(&created), "preparing a pack in memory")
        guard let created else {
            throw GitError(.other, "libgit2 gave no pack in memory")
        }
        backend = created
        // The backend with the highest priority receives the writes.
        try LibGit.check(
            git_odb_add_backend(odb.pointer, backend, 999), "preparing a pack in memory")
    }

    /// Writes exactly `objects` as one pack; the memory also holds trees that did not change.
    func writePack(of objects: [ObjectID]) throws(GitError) {
        try PackWriter.write(objects, to: repository, folder: folder)
        try LibGit.check(git_mempack_reset(backend), "writing a pack to \(folder)")
    }

    private static func odb(
        _ repository: OpaquePointer, _ folder: String
    ) throws(GitError) -> Handle {
        try Handle("opening the objects of \(folder)", free: git_odb_free) {
            git_repository_odb(&$0.pointee, repository)
        }
    }
}
