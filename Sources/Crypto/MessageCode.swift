import CCrypto

/// Codes that only who knows a key can make of a message.
package enum MessageCode {
    /// The 32 bytes of HMAC with SHA-256 (RFC 2104).
    ///
    /// Throws `failed` where libcrypto makes none.
    package static func sha256(of message: [UInt8], key: [UInt8]) throws(CryptoError) -> [UInt8] {
        var code: [UInt8] = Array(repeating: 0, count: 32)
        var count = UInt32(code.count)
        defer { ERR_clear_error() }
        let made = HMAC(
            EVP_sha256(), key, Int32(truncatingIfNeeded: key.count), message, message.count, &code,
            &count)
        guard made != nil, count == 32 else {
            throw CryptoError(.failed, "libcrypto makes no code of a message")
        }
        return code
    }

    /// The same as 64 hexadecimal digits in lower case.
    package static func sha256Digits(
        of message: [UInt8], key: [UInt8]
    ) throws(CryptoError) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = try sha256(of: message, key: key).flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
