import Foundation

/// Reads files of private keys.
enum PrivateFile {
    /// The bytes of the file at `path`; throws `unsafeFile` where other users may read it.
    ///
    /// A file of another owner may be readable by its group: service managers hand out secrets in
    /// that way.
    static func bytes(_ path: String) throws(SignatureError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw TrustedFile.failed(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw TrustedFile.failed(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SignatureError(.invalidFile, "\(path): it is no file", remedy: "name a key file")
        }
        let isOwn = status.st_uid == geteuid()
        let others = isOwn ? mode_t(0o077) : mode_t(0o027)
        guard status.st_mode & others == 0 else {
            throw SignatureError(
                .unsafeFile, "\(path): others than its owner may read this private key",
                remedy: "chmod go= \(path), and make a new key if anybody may have read it")
        }
        return try TrustedFile.contents(file, path)
    }
}
