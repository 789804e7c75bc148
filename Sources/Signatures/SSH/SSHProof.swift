import Crypto

/// The innermost part of an SSH signature: what the key itself made.
enum SSHProof: Hashable, Sendable {
    case ed25519([UInt8])
    case ecdsa(r: [UInt8], s: [UInt8])
    case rsa(HashAlgorithm, [UInt8])
    /// Made by a FIDO device, with its flags and counter.
    case device(Inner, flags: UInt8, counter: UInt32)

    /// The signature proper, by a key in a file or in a device.
    enum Inner: Hashable, Sendable {
        case ed25519([UInt8])
        case ecdsa(r: [UInt8], s: [UInt8])
    }

    /// Reads a signature by a key of this kind; throws for another algorithm, with its name.
    init(blob: [UInt8], key: SSHPublicKey.Kind) throws(SignatureError) {
        var reader = SSHReader(blob, "the SSH signature")
        let name = try reader.name()
        let expected = key == .rsa ? ["rsa-sha2-512", "rsa-sha2-256"] : [key.rawValue]
        guard expected.contains(name) else {
            throw SignatureError(
                .unsupportedAlgorithm,
                "the algorithm \(name.prefix(64).debugDescription) is not accepted from a "
                    + "\(key.rawValue) key",
                remedy: "sign with \(expected.joined(separator: " or "))")
        }
        let bytes = try reader.string()
        switch key {
        case .ed25519: self = .ed25519(try Self.edwards(bytes))
        case .ecdsa256, .ecdsa384, .ecdsa521:
            let (r, s) = try Self.pair(bytes)
            self = .ecdsa(r: r, s: s)
        case .rsa: self = .rsa(name == "rsa-sha2-512" ? .sha512 : .sha256, bytes)
        case .deviceEd25519:
            let inner = Inner.ed25519(try Self.edwards(bytes))
            self = .device(inner, flags: try reader.byte(), counter: try reader.uint32())
        case .deviceECDSA:
            let (r, s) = try Self.pair(bytes)
            self = .device(
                .ecdsa(r: r, s: s), flags: try reader.byte(), counter: try reader.uint32())
        }
        try reader.end()
    }

    /// Whether `key` made it over exactly `message`.
    func isGenuine(by key: SSHPublicKey, over message: [UInt8]) throws(SignatureError) -> Bool {
        switch (self, key.material, key.application) {
        case (.ed25519(let bytes), .ed25519(let point), nil):
            return try SignatureError.translating { () throws(CryptoError) in
                try Verification.ed25519(point: point, signature: bytes, of: message)
            }
        case (.ecdsa(let r, let s), .ecdsa(let curve, let point), nil):
            return try SignatureError.translating { () throws(CryptoError) in
                try Verification.ecdsa(curve, point: point, r: r, s: s, of: message)
            }
        case (.rsa(let hash, let bytes), .rsa(let exponent, let modulus), nil):
            return try SignatureError.translating { () throws(CryptoError) in
                try Verification.rsa(
                    exponent: exponent, modulus: modulus, hash: hash, signature: bytes,
                    of: message)
            }
        case (.device(let inner, let flags, let counter), _, let application?):
            guard flags & Self.userWasPresent != 0 else {
                throw SignatureError(
                    .badSignature, "the device signed without being touched",
                    remedy: "use a key that asks for a touch")
            }
            let message = Self.deviceMessage(message, application, flags, counter)
            return try inner.isGenuine(by: key.material, over: message)
        default:
            return false
        }
    }

    private static let userWasPresent: UInt8 = 1

    /// The bytes that a FIDO device signs in place of `message` (PROTOCOL.u2f of OpenSSH).
    static func deviceMessage(
        _ message: [UInt8], _ application: [UInt8], _ flags: UInt8, _ counter: UInt32
    ) -> [UInt8] {
        var writer = SSHWriter()
        writer.raw(HashAlgorithm.sha256.digest(of: application))
        writer.raw([flags])
        writer.uint32(counter)
        writer.raw(HashAlgorithm.sha256.digest(of: message))
        return writer.bytes
    }

    private static func edwards(_ bytes: [UInt8]) throws(SignatureError) -> [UInt8] {
        guard bytes.count == 64 else {
            throw SignatureError(.malformed, "the SSH signature is damaged: it has no 64 bytes")
        }
        return bytes
    }

    private static func pair(
        _ bytes: [UInt8]
    ) throws(SignatureError) -> (r: [UInt8], s: [UInt8]) {
        var reader = SSHReader(bytes, "the SSH signature")
        let pair = (r: try reader.positive(), s: try reader.positive())
        try reader.end()
        return pair
    }
}

extension SSHProof.Inner {
    fileprivate func isGenuine(
        by material: SSHPublicKey.Material, over message: [UInt8]
    ) throws(SignatureError) -> Bool {
        switch (self, material) {
        case (.ed25519(let bytes), .ed25519(let point)):
            return try SignatureError.translating { () throws(CryptoError) in
                try Verification.ed25519(point: point, signature: bytes, of: message)
            }
        case (.ecdsa(let r, let s), .ecdsa(let curve, let point)):
            return try SignatureError.translating { () throws(CryptoError) in
                try Verification.ecdsa(curve, point: point, r: r, s: s, of: message)
            }
        default:
            return false
        }
    }
}
