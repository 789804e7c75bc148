import Execution
import Foundation

/// Reads files that decide who is trusted, such as allowed signers.
package enum TrustedFile {
    /// The largest file that is read, in bytes.
    static let limit = 4 << 20

    /// The text of the file at `path`.
    ///
    /// Throws `unsafeFile` where a user other than root and the one of this process may change or
    /// replace it, and `invalidFile` where it cannot be read as UTF-8.
    package static func text(_ path: String) throws(SignatureError) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw SignatureError(.invalidFile, "\(path): it is not UTF-8 text")
        }
        return text
    }

    /// The bytes of the file, under the same conditions.
    package static func bytes(_ path: String) throws(SignatureError) -> [UInt8] {
        // Not blocking: opening a named pipe would otherwise wait for a writer.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failed(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failed(path) }
        try require(status, path)
        return try contents(file, path)
    }

    /// Throws under the same conditions for a program, which need not be readable. That one is
    /// missing is for whoever starts it to say.
    package static func requireProgram(_ path: String) throws(SignatureError) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        try require(status, path)
    }

    private static func require(_ status: stat, _ path: String) throws(SignatureError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SignatureError(.invalidFile, "\(path): it is no file", remedy: "name a file")
        }
        try requireOwn(status, path, isFolder: false)
        try requireOwnFolders(of: path)
    }

    /// All bytes of an open file.
    static func contents(_ file: Int32, _ path: String) throws(SignatureError) -> [UInt8] {
        var result: [UInt8] = []
        var chunk: [UInt8] = Array(repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failed(path) }
            if count == 0 { return result }
            result += chunk[..<count]
            guard result.count <= limit else {
                throw SignatureError(.invalidFile, "\(path): it is longer than \(limit) bytes")
            }
        }
    }

    static func failed(_ path: String) -> SignatureError {
        SignatureError(
            .invalidFile, "\(path): \(String(cString: strerror(errno)))",
            remedy: "check the path and its rights")
    }

    /// Checks the folders on the way, links included: who may write to one may replace the file.
    private static func requireOwnFolders(of path: String) throws(SignatureError) {
        for step in PathWalk.steps(to: path) {
            var status = stat()
            guard lstat(step.path, &status) == 0 else { throw failed(step.path) }
            // The mode of a symbolic link has no meaning.
            if step.isLink { status.st_mode &= ~(S_IWGRP | S_IWOTH) }
            try requireOwn(status, step.path, isFolder: true)
        }
    }

    private static func requireOwn(
        _ status: stat, _ path: String, isFolder: Bool
    ) throws(SignatureError) {
        let isShared = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        // In a folder with the sticky bit, users can replace only files of their own.
        let isSticky = isFolder && status.st_mode & mode_t(S_ISVTX) != 0
        let isStrangers = status.st_uid != 0 && status.st_uid != geteuid()
        guard isStrangers || (isShared && !isSticky) else { return }
        // On a read-only mount nobody writes, whatever the modes say.
        var system = statvfs()
        if statvfs(path, &system) == 0, system.f_flag & UInt(ST_RDONLY) != 0 { return }
        throw SignatureError(
            .unsafeFile,
            "\(path): others than its owner may change it"
                + (isStrangers ? " (it belongs to user \(status.st_uid))" : ""),
            remedy: isStrangers
                ? "make it belong to root or to the user that runs plumb" : "chmod go-w \(path)")
    }
}
