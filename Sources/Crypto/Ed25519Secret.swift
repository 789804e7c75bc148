import CCrypto

/// The secret half of an ed25519 key; libcrypto holds it.
package final class Ed25519Secret: @unchecked Sendable {
    // Sendable because libcrypto only reads a key that it signs with.
    private let key: CryptoHandle
    /// The 32 bytes of the public half.
    package let point: [UInt8]

    /// - Parameter seed: 32 bytes; throws `malformed` for another number.
    package init(seed: [UInt8]) throws(CryptoError) {
        let key = try CryptoHandle("the private key", free: { EVP_PKEY_free($0) }) {
            EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        }
        var point: [UInt8] = Array(repeating: 0, count: 32)
        var count = point.count
        guard EVP_PKEY_get_raw_public_key(key.pointer, &point, &count) == 1, count == 32 else {
            throw CryptoError(
                .malformed, "the private key is damaged: its halves do not fit")
        }
        self.key = key
        self.point = point
    }

    /// The 64 bytes of the signature.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        let context = try CryptoHandle("a signature", free: { EVP_MD_CTX_free($0) }) {
            EVP_MD_CTX_new()
        }
        defer { ERR_clear_error() }
        var signature: [UInt8] = Array(repeating: 0, count: 64)
        var count = signature.count
        guard EVP_DigestSignInit(context.pointer, nil, nil, nil, key.pointer) == 1,
            EVP_DigestSign(context.pointer, &signature, &count, message, message.count) == 1,
            count == 64
        else { throw CryptoError(.failed, "libcrypto did not sign") }
        return signature
    }
}

/// Bytes that must not stay in memory.
package enum SecretBytes {
    /// Overwrites `bytes` with zeros, which no compiler leaves out.
    package static func erase(_ bytes: inout [UInt8]) { OPENSSL_cleanse(&bytes, bytes.count) }
}
