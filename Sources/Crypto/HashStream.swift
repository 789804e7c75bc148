import CCrypto

/// The digest of bytes that come one piece after another.
package final class HashStream {
    private let context: CryptoHandle

    /// Throws where libcrypto has no memory.
    package init(_ algorithm: HashAlgorithm) throws(CryptoError) {
        context = try CryptoHandle("a digest", free: { EVP_MD_CTX_free($0) }) { EVP_MD_CTX_new() }
        guard EVP_DigestInit_ex(context.pointer, algorithm.function, nil) == 1 else {
            throw CryptoError(.failed, "libcrypto begins no digest")
        }
    }

    /// Takes the next bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes; nothing may follow.
    package func finish() -> [UInt8] {
        var digest: [UInt8] = Array(repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        EVP_DigestFinal_ex(context.pointer, &digest, &count)
        return Array(digest.prefix(Int(count)))
    }
}
