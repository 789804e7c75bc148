import CGit2

/// A `.mailmap`: other spellings of people's names and addresses. See gitmailmap(5).
///
/// git compares them regardless of letter case; libgit2 does not, so everything is put into lower
/// case here.
package final class Mailmap: @unchecked Sendable {
    // Sendable because the map is never changed after it was made.
    private let handle: Handle

    /// The name of the file at the root of a repository.
    package static let file = ".mailmap"

    /// Reads the lines of a mailmap; malformed lines are skipped, as git does.
    package init(_ bytes: [UInt8]) throws(GitError) {
        try LibGit.start()
        let folded = Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
        handle = try Handle("reading \(Self.file)", free: git_mailmap_free) { out in
            folded.withUnsafeBytes { buffer in
                buffer.withMemoryRebound(to: CChar.self) { text in
                    guard let start = text.baseAddress else { return git_mailmap_new(&out.pointee) }
                    return git_mailmap_from_buffer(&out.pointee, start, text.count)
                }
            }
        }
    }

    /// The mailmap at the root of `tree`; nil where there is none.
    ///
    /// Throws where it is a link or cannot be read, since two persons may then be one.
    package convenience init?(in tree: any SourceTree) throws(GitError) {
        let bytes: [UInt8]
        do throws(GitError) {
            bytes = try tree.read(Self.file)
        } catch  where error.code == .notFound {
            return nil
        }
        try self.init(bytes)
    }

    /// The person's name and address according to the map, in lower case; the same person where the
    /// map has no entry.
    package func proper(_ person: GitPerson) throws(GitError) -> GitPerson {
        var found = person
        let code = person.name.lowercased().withCString { ownName in
            person.email.lowercased().withCString { ownEmail in
                var name: UnsafePointer<CChar>?
                var email: UnsafePointer<CChar>?
                let code = git_mailmap_resolve(&name, &email, handle.pointer, ownName, ownEmail)
                guard code == 0, let name, let email else { return code }
                // The results may point into the arguments, so they are copied while those exist.
                found = GitPerson(name: String(cString: name), email: String(cString: email))
                return code
            }
        }
        try LibGit.check(code, "looking up a person in \(Self.file)")
        return found
    }
}
