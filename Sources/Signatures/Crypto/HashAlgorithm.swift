import CCrypto

/// The hash functions of signatures, by their names in the SSH protocol.
enum HashAlgorithm: String, Sendable {
    case sha256
    case sha384
    case sha512

    /// The algorithm for libcrypto, valid as long as the process.
    var function: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    func digest(of bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256:
            var output: [UInt8] = Array(repeating: 0, count: 32)
            _ = SHA256(bytes, bytes.count, &output)
            return output
        case .sha384:
            var output: [UInt8] = Array(repeating: 0, count: 48)
            _ = SHA384(bytes, bytes.count, &output)
            return output
        case .sha512:
            var output: [UInt8] = Array(repeating: 0, count: 64)
            _ = SHA512(bytes, bytes.count, &output)
            return output
        }
    }
}

/// The curves of ECDSA keys, by their names in the SSH protocol.
enum Curve: String, Hashable, Sendable {
    case p256 = "nistp256"
    case p384 = "nistp384"
    case p521 = "nistp521"

    /// The curve's name in libcrypto.
    var group: String {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }

    /// The size of one coordinate in bytes.
    var fieldBytes: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The hash function that RFC 5656, section 6.2.1, prescribes for the curve.
    var hash: HashAlgorithm {
        switch self {
        case .p256: .sha256
        case .p384: .sha384
        case .p521: .sha512
        }
    }
}
