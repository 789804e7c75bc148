import CGit2

/// Who is who by a `.mailmap`: other spellings of the same people.
///
/// git compares them without regard to letter case; libgit2 does not. Here all of it is lower case.
package final class Mailmap: @unchecked Sendable {
    // Sendable because the map is never changed after it was made.
    private let handle: Handle

    /// The name of the file at the root of a repository.
    package static let file = ".mailmap"

    /// Reads the lines of a mailmap; a line that is none is skipped, as git does.
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

    /// The mailmap at the root of `tree`; nil where it has none.
    ///
    /// One that is a link or cannot be read throws: who is who is then not known.
    package convenience init?(in tree: any SourceTree) throws(GitError) {
        let bytes: [UInt8]
        do throws(GitError) {
            bytes = try tree.read(Self.file)
        } catch  where error.code == .notFound {
            return nil
        }
        try self.init(bytes)
    }

    /// The proper name and address of a person, in lower case; the same person where the map says
    /// nothing.
    package func proper(_ person: GitPerson) throws(GitError) -> GitPerson {
        var found = person
        let code = person.name.lowercased().withCString { ownName in
            person.email.lowercased().withCString { ownEmail in
                var name: UnsafePointer<CChar>?
                var email: UnsafePointer<CChar>?
                let code = git_mailmap_resolve(&name, &email, handle.pointer, ownName, ownEmail)
                guard code == 0, let name, let email else { return code }
                // They may point into the arguments: copied before those go.
                found = GitPerson(name: String(cString: name), email: String(cString: email))
                return code
            }
        }
        try LibGit.check(code, "looking up a person in \(Self.file)")
        return found
    }
}
