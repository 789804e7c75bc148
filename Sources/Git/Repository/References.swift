import Basics
import CGit2
import Foundation

extension Repository {
    /// The commit that `reference` (a full name such as `refs/heads/main`) points to; nil where it
    /// does not exist.
    package func target(of reference: String) throws(GitError) -> ObjectID? {
        try locked { (pointer) throws(GitError) in
            var id = git_oid()
            let code = git_reference_name_to_id(&id, pointer, reference)
            if code == GIT_ENOTFOUND.rawValue { return nil }
            do throws(GitError) {
                try LibGit.check(code, "reading \(reference) of \(folder)")
            } catch  where error.code == .other {
                // The reference's file does not hold an object id.
                throw GitError(.corrupt, error.message)
            }
            return ObjectID(id)
        }
    }

    /// The full names of the references that begin with `prefix`, such as `refs/heads/`, sorted.
    ///
    /// Damaged references are among them: reading them throws.
    package func references(below prefix: String) throws(GitError) -> [String] {
        let readable = try locked { (pointer) throws(GitError) in
            let iterator = try Handle(
                "listing the references of \(folder)", free: git_reference_iterator_free
            ) {
                git_reference_iterator_glob_new(&$0.pointee, pointer, prefix + "*")
            }
            var names: [String] = []
            while true {
                var name: UnsafePointer<CChar>?
                let code = git_reference_next_name(&name, iterator.pointer)
                if code == GIT_ITEROVER.rawValue { break }
                try LibGit.check(code, "listing the references of \(folder)")
                if let name { names.append(String(cString: name)) }
            }
            return names
        }
        // libgit2 skips a file without an object id as if it did not exist.
        let onDisk = try LooseReferences.names(in: folder, below: prefix)
        return Set(readable + onDisk).sorted(by: bytesPrecede)
    }

    /// The short names of the branches, sorted.
    package func branches() throws(GitError) -> [String] {
        try references(below: "refs/heads/").map { String($0.dropFirst("refs/heads/".count)) }
    }

    /// Moves `reference` from `old` to `new`, or creates it where `old` is nil.
    ///
    /// Throws `modified` where it does not point to `old` (or exists already), and `locked` while
    /// another process moves it.
    package func move(
        _ reference: String, from old: ObjectID?, to new: ObjectID
    ) throws(GitError) {
        try locked { (pointer) throws(GitError) in
            let what = "moving \(reference) of \(folder) to \(new.short)"
            var target = new.raw
            LibGit.forget()
            do throws(GitError) {
                _ = try Handle(what, free: git_reference_free) { out in
                    guard var expected = old?.raw else {
                        return git_reference_create(out, pointer, reference, &target, 0, nil)
                    }
                    return git_reference_create_matching(
                        out, pointer, reference, &target, 1, &expected, nil)
                }
            } catch  where error.code == .exists || (error.code == .notFound && old != nil) {
                throw GitError(.modified, error.message)
            }
        }
    }

    /// Points `HEAD` to `branch`, whether or not that exists.
    package func setHead(branch: String) throws(GitError) {
        try locked { (pointer) throws(GitError) in
            try LibGit.check(
                git_repository_set_head(pointer, "refs/heads/\(branch)"),
                "pointing HEAD of \(folder) at \(branch)")
        }
    }

    /// The full name of the reference that `HEAD` points to, existing or not; nil if detached.
    package func headReference() throws(GitError) -> String? {
        try locked { (pointer) throws(GitError) in
            let head = try Handle("reading HEAD of \(folder)", free: git_reference_free) {
                git_reference_lookup(&$0.pointee, pointer, "HEAD")
            }
            return git_reference_symbolic_target(head.pointer).map { String(cString: $0) }
        }
    }
}

/// The references that are stored in files of their own.
private enum LooseReferences {
    static func names(in folder: String, below prefix: String) throws(GitError) -> [String] {
        var names: [String] = []
        var folders = ["refs"]
        while let path = folders.popLast() {
            for inner in try FolderListing.names(in: "\(folder)/\(path)") {
                let name = "\(path)/\(inner)"
                var status = stat()
                guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: folders.append(name)
                case S_IFREG where prefix.hasPrefix(name + "/"):
                    throw GitError(
                        .unreadable, "\(folder)/\(name) is no folder",
                        remedy: "restore it from a backup")
                case S_IFREG where name.hasPrefix(prefix) && !name.hasSuffix(".lock"):
                    names.append(name)
                default: continue
                }
            }
        }
        return names
    }
}
