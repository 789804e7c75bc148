import CCrypto

/// The hash functions that signatures use, by their names in the protocol of SSH.
enum HashAlgorithm: String, Sendable {
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

/// The curves of ECDSA keys, by their names in the protocol of SSH.
enum Curve: String, Hashable, Sendable {
    case p256 = "nistp256"
    case p384 = "nistp384"
    case p521 = "nistp521"

    /// The name that libcrypto knows.
    var group: String {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }

    /// The bytes of one coordinate.
    var fieldBytes: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The hash function that RFC 5656 ties to the curve.
    var hash: HashAlgorithm {
        switch self {
        case .p256: .sha256
        case .p384: .sha384
        case .p521: .sha512
        }
    }
}
