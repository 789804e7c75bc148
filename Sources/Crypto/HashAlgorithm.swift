import CCrypto

/// The hash functions of digests and signatures, by their names in the protocol of SSH.
package enum HashAlgorithm: String, Sendable {
    case sha256
    case sha384
    case sha512

    /// The algorithm as libcrypto takes it; it lives as long as the process.
    var function: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    /// The digest of `bytes`: 32, 48 or 64 bytes.
    package func digest(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        switch self {
        case .sha256:
            var output: [UInt8] = Array(repeating: 0, count: 32)
            _ = SHA256(bytes.baseAddress, bytes.count, &output)
            return output
        case .sha384:
            var output: [UInt8] = Array(repeating: 0, count: 48)
            _ = SHA384(bytes.baseAddress, bytes.count, &output)
            return output
        case .sha512:
            var output: [UInt8] = Array(repeating: 0, count: 64)
            _ = SHA512(bytes.baseAddress, bytes.count, &output)
            return output
        }
    }

    /// The digest of `bytes`: 32, 48 or 64 bytes.
    package func digest(of bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { digest(of: $0) }
    }
}
