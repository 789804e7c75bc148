import Foundation

/// The certificate with which a server shows who it is, and its key, both in PEM.
package struct TLSIdentity: Hashable, Sendable {
    let certificate: [UInt8]
    let key: [UInt8]

    /// Reads both files.
    ///
    /// Throws where one cannot be read, or others may read the key.
    package init(certificatePath: String, keyPath: String) throws(HTTPError) {
        certificate = try Self.bytes(certificatePath, "the certificate")
        var status = stat()
        if stat(keyPath, &status) == 0, status.st_mode & 0o077 != 0 {
            throw HTTPError(
                "\(keyPath): others than its owner may read the key of the certificate",
                remedy: "chmod 600 \(keyPath)")
        }
        key = try Self.bytes(keyPath, "the key of the certificate")
    }

    private static func bytes(_ path: String, _ what: String) throws(HTTPError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
            throw HTTPError(
                "\(path): \(what) cannot be read", remedy: "name a file in PEM that plumb may read")
        }
        // The library wants the bytes to end as a text of C does.
        return Array(data) + [0]
    }
}
