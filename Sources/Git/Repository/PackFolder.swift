import Foundation

/// The folder of a repository's packs, into which new ones are written.
struct PackFolder {
    /// The folder `objects/pack`.
    let path: String

    /// Writes a pack and its index, and returns when both are durable under their names.
    ///
    /// The index comes last: without it no reader takes the file for a pack. Throws `diskFull` where
    /// there is no room; then nothing is left.
    func write(_ file: PackFile) throws(GitError) {
        let final = "\(path)/\(file.name)"
        let temporary = "\(path)/tmp_pack_\(getpid())_\(UInt64.random(in: .min ... .max))"
        do throws(GitError) {
            try Self.write(file.pack, to: temporary + ".pack")
            try Self.write(file.index, to: temporary + ".idx")
            try Self.rename(temporary + ".pack", to: final + ".pack")
            try Self.rename(temporary + ".idx", to: final + ".idx")
            try sync()
        } catch {
            for suffix in [".pack", ".idx"] { unlink(temporary + suffix) }
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(GitError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        guard file >= 0 else { throw failure(errno, path) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(count < 0 ? errno : ENOSPC, path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw failure(errno, path) }
    }

    private static func rename(_ old: String, to new: String) throws(GitError) {
        guard Foundation.rename(old, new) == 0 else { throw failure(errno, new) }
    }

    /// Makes the names in the folder durable.
    private func sync() throws(GitError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure(errno, path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.failure(errno, path) }
    }

    private static func failure(_ number: Int32, _ path: String) -> GitError {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(number)
        return GitError(
            isFull ? .diskFull : .other, "writing \(path): \(String(cString: strerror(number)))")
    }
}
