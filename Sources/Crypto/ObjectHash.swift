import CCrypto

/// SHA-1, for the names of git's objects and the ends of its packs.
///
/// It is no ``HashAlgorithm``: no signature may be made with it.
package final class ObjectHash {
    private let context: CryptoHandle

    /// Begins a digest of bytes that come one piece after another.
    ///
    /// Throws where libcrypto has no memory.
    package init() throws(CryptoError) {
        context = try CryptoHandle("a digest", free: { EVP_MD_CTX_free($0) }) { EVP_MD_CTX_new() }
        guard EVP_DigestInit_ex(context.pointer, EVP_sha1(), nil) == 1 else {
            throw CryptoError(.failed, "libcrypto begins no digest")
        }
    }

    /// Takes the next bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count)
    }

    /// The 20 bytes of the digest; nothing may follow.
    package func finish() -> [UInt8] {
        var digest: [UInt8] = Array(repeating: 0, count: 20)
        EVP_DigestFinal_ex(context.pointer, &digest, nil)
        return digest
    }

    /// The 20 bytes of the digest of `bytes`.
    package static func digest(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var output: [UInt8] = Array(repeating: 0, count: 20)
        _ = SHA1(bytes.baseAddress, bytes.count, &output)
        return output
    }

    /// The 20 bytes of the digest of `bytes`.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { digest(of: $0) }
    }
}
