import Foundation

/// A new file whose bytes are on the disk when that is said.
///
/// Throws `diskFull` where there is no room.
final class DurableFile {
    private let descriptor: Int32
    private let path: String

    /// Creates the file, which must not exist, for reading by all.
    init(creating path: String) throws(GitError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        guard descriptor >= 0 else { throw Self.failure(errno, path) }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(GitError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(count < 0 ? errno : ENOSPC, path) }
            rest = rest.dropFirst(count)
        }
    }

    func sync() throws(GitError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(errno, path) }
    }

    /// Writes a whole file.
    static func write(_ bytes: [UInt8], to path: String) throws(GitError) {
        let file = try DurableFile(creating: path)
        try file.append(bytes)
        try file.sync()
    }

    /// Writes a file in the place of another, or of none: readers see either whole.
    static func replace(_ path: String, with bytes: [UInt8]) throws(GitError) {
        let temporary =
            "\(path).\(getpid()).\(UInt32.random(in: .min ... .max))\(replacementSuffix)"
        do throws(GitError) {
            try write(bytes, to: temporary)
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
        try sync(folder: (path as NSString).deletingLastPathComponent)
    }

    /// What the names of files end in that are to take the place of another.
    static let replacementSuffix = ".plumb-tmp"

    static func rename(_ old: String, to new: String) throws(GitError) {
        guard Foundation.rename(old, new) == 0 else { throw failure(errno, new) }
    }

    /// Makes the names in a folder durable.
    static func sync(folder: String) throws(GitError) {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure(errno, folder) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure(errno, folder) }
    }

    static func failure(_ number: Int32, _ path: String) -> GitError {
        let code: GitError.Code =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case EROFS, EACCES, EPERM: .unreadable
            default: .other
            }
        return GitError(code, "writing \(path): \(String(cString: strerror(number)))")
    }
}
