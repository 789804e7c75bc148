import Execution
import Foundation

/// Reads files on which trust rests.
package enum TrustedFile {
    /// More is not read.
    static let limit = 4 << 20

    /// The text of the file at `path`.
    ///
    /// Throws `unsafeFile` where somebody other than root or the user of this process may change
    /// it, or put another one in its place, and `invalidFile` where it cannot be read as text.
    package static func text(_ path: String) throws(SignatureError) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw SignatureError(.invalidFile, "\(path): it is not UTF-8 text")
        }
        return text
    }

    /// The bytes of the file, under the same conditions.
    package static func bytes(_ path: String) throws(SignatureError) -> [UInt8] {
        // Not blocking, so that a pipe in the place of a file cannot hang the program.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failed(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failed(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SignatureError(.invalidFile, "\(path): it is no file", remedy: "name a file")
        }
        try requireOwn(status, path, isFolder: false)
        try requireOwnFolders(of: path)
        return try contents(file, path)
    }

    /// All that is in an open file.
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

    /// Whoever may write to a folder, or to one with a link on the way, may put another file there.
    private static func requireOwnFolders(of path: String) throws(SignatureError) {
        for step in PathWalk.steps(to: path) {
            var status = stat()
            guard lstat(step.path, &status) == 0 else { throw failed(step.path) }
            // A link's mode says nothing.
            if step.isLink { status.st_mode &= ~(S_IWGRP | S_IWOTH) }
            try requireOwn(status, step.path, isFolder: true)
        }
    }

    private static func requireOwn(
        _ status: stat, _ path: String, isFolder: Bool
    ) throws(SignatureError) {
        let isShared = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        // In a folder with the sticky bit nobody replaces what is not his.
        let isSticky = isFolder && status.st_mode & mode_t(S_ISVTX) != 0
        let isStrangers = status.st_uid != 0 && status.st_uid != geteuid()
        guard isStrangers || (isShared && !isSticky) else { return }
        // Nobody writes to a mount that takes no writes, whatever the rights say.
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
