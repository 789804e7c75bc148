import CGit2

/// Guards the library from a damaged object whose header names fewer bytes than follow it.
///
/// libgit2 1.5 inflates the first 64 bytes of a loose object to read its header and then copies
/// the rest of them into a buffer of the size that the header names, however small that is
/// (`read_loose_standard` in `odb_loose.c`). Its stream of the same object copies nothing
/// further than it is asked to, so that one is asked first.
enum ObjectLength {
    /// Only objects that name fewer bytes than are inflated at once can be cut short.
    private static let inflatedAtOnce = 64

    /// Throws `corrupt` where reading the object `id` would write beyond its end.
    static func check(
        _ id: ObjectID, in repository: OpaquePointer, folder: String
    ) throws(GitError) {
        let odb = try Handle("opening the objects of \(folder)", free: git_odb_free) {
            git_repository_odb(&$0.pointee, repository)
        }
        var raw = id.raw
        var size = 0
        var type = GIT_OBJECT_INVALID
        // What cannot be read at all is told, in its own words, by whoever reads it.
        guard git_odb_read_header(&size, &type, odb.pointer, &raw) == 0, size < inflatedAtOnce
        else { return git_error_clear() }
        var stream: UnsafeMutablePointer<git_odb_stream>?
        guard git_odb_open_rstream(&stream, &size, &type, odb.pointer, &raw) == 0, let stream
        else { return git_error_clear() }
        defer { git_odb_stream_free(stream) }
        var bytes: [CChar] = Array(repeating: 0, count: size + 1)
        let count = git_odb_stream_read(stream, &bytes, bytes.count)
        git_error_clear()
        guard count <= size else {
            throw GitError(
                .corrupt,
                "reading object \(id) of \(folder): it is longer than the \(size) bytes it names")
        }
    }
}
