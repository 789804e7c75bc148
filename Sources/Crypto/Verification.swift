import CCrypto

/// Verifies signatures with libcrypto; true only where it reports a good signature.
package enum Verification {
    /// Throws `malformed` where the point is no key.
    package static func ed25519(
        point: [UInt8], signature: [UInt8], of message: [UInt8]
    ) throws(CryptoError) -> Bool {
        let key = try CryptoHandle("the ed25519 key", free: { EVP_PKEY_free($0) }) {
            EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, point, point.count)
        }
        return try verify(signature, of: message, by: key, hash: nil)
    }

    /// Throws `malformed` where the point is no key of the curve.
    package static func ecdsa(
        _ curve: Curve, point: [UInt8], r: [UInt8], s: [UInt8], of message: [UInt8]
    ) throws(CryptoError) -> Bool {
        guard r.count <= curve.fieldBytes, s.count <= curve.fieldBytes else { return false }
        let key = try CryptoHandle("the ECDSA key", free: { EVP_PKEY_free($0) }) {
            plumb_ec_key(curve.group, point, point.count)
        }
        return try verify(try distinguished(r, s), of: message, by: key, hash: curve.hash)
    }

    /// Throws `malformed` where the numbers are no key.
    package static func rsa(
        exponent: [UInt8], modulus: [UInt8], hash: HashAlgorithm, signature: [UInt8],
        of message: [UInt8]
    ) throws(CryptoError) -> Bool {
        // Some agents drop leading zeros; OpenSSH adds them again, too.
        guard signature.count <= modulus.count else { return false }
        let padded = Array(repeating: 0, count: modulus.count - signature.count) + signature
        let numbers = (try CryptoHandle.number(modulus), try CryptoHandle.number(exponent))
        let key = try CryptoHandle("the RSA key", free: { EVP_PKEY_free($0) }) {
            plumb_rsa_key(numbers.0.pointer, numbers.1.pointer)
        }
        // libcrypto's default padding is PKCS #1 version 1.5, which SSH uses.
        return try verify(padded, of: message, by: key, hash: hash)
    }

    /// - Parameter hash: nil for ed25519, which hashes by itself.
    private static func verify(
        _ signature: [UInt8], of message: [UInt8], by key: CryptoHandle, hash: HashAlgorithm?
    ) throws(CryptoError) -> Bool {
        let context = try CryptoHandle("a verification", free: { EVP_MD_CTX_free($0) }) {
            EVP_MD_CTX_new()
        }
        // A bad signature leaves errors in the thread's queue, where later calls would find them.
        defer { ERR_clear_error() }
        guard
            EVP_DigestVerifyInit(
                context.pointer, nil, hash?.function, nil, key.pointer) == 1
        else {
            throw CryptoError(.unsupportedAlgorithm, "libcrypto does not verify this key type")
        }
        return EVP_DigestVerify(
            context.pointer, signature, signature.count, message, message.count) == 1
    }

    /// The two numbers as the DER sequence that libcrypto reads.
    private static func distinguished(
        _ r: [UInt8], _ s: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let pair = try CryptoHandle("an ECDSA signature", free: { ECDSA_SIG_free($0) }) {
            ECDSA_SIG_new()
        }
        guard let first = BN_bin2bn(r, Int32(truncatingIfNeeded: r.count), nil),
            let second = BN_bin2bn(s, Int32(truncatingIfNeeded: s.count), nil),
            // From here on the pair owns the two numbers.
            ECDSA_SIG_set0(pair.pointer, first, second) == 1
        else { throw CryptoError(.malformed, "the ECDSA signature is damaged") }
        var output: UnsafeMutablePointer<UInt8>?
        let count = i2d_ECDSA_SIG(pair.pointer, &output)
        guard count > 0, let output else {
            throw CryptoError(.malformed, "the ECDSA signature is damaged")
        }
        defer { CRYPTO_free(output, "", 0) }
        return Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }
}
