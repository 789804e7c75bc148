import Crypto
import Foundation

/// The public half of an SSH key.
package struct SSHPublicKey: Hashable, Sendable {
    /// The accepted types of keys, by their names in the SSH protocol.
    package enum Kind: String, Sendable, CaseIterable {
        case ed25519 = "ssh-ed25519"
        case ecdsa256 = "ecdsa-sha2-nistp256"
        case ecdsa384 = "ecdsa-sha2-nistp384"
        case ecdsa521 = "ecdsa-sha2-nistp521"
        case rsa = "ssh-rsa"
        /// A key in a FIDO device that has to be touched.
        case deviceEd25519 = "sk-ssh-ed25519@openssh.com"
        case deviceECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
    }

    /// The key's numbers.
    enum Material: Hashable, Sendable {
        case ed25519(point: [UInt8])
        case ecdsa(Curve, point: [UInt8])
        case rsa(exponent: [UInt8], modulus: [UInt8])
    }

    package let kind: Kind
    /// The key in the encoding of the SSH protocol.
    package let blob: [UInt8]
    let material: Material
    /// The application string that a FIDO device signs with every message; nil for other keys.
    let application: [UInt8]?

    /// The smallest accepted RSA modulus, in bits.
    package static let fewestBitsOfRSA = 2048
    private static let mostBitsOfRSA = 16_384

    /// Reads the encoding of the SSH protocol.
    ///
    /// Throws `unsupportedAlgorithm` for a type that is not accepted, a certificate or a short RSA
    /// key, and `malformed` for anything that is not a key.
    package init(blob: [UInt8]) throws(SignatureError) {
        var reader = SSHReader(blob, "the public key")
        let name = try reader.name()
        guard let kind = Kind(rawValue: name) else { throw Self.unsupported(name) }
        switch kind {
        case .ed25519, .deviceEd25519: material = try Self.edwards(&reader)
        case .ecdsa256: material = try Self.ecdsa(.p256, &reader)
        case .ecdsa384: material = try Self.ecdsa(.p384, &reader)
        case .ecdsa521: material = try Self.ecdsa(.p521, &reader)
        case .deviceECDSA: material = try Self.ecdsa(.p256, &reader)
        case .rsa: material = try Self.rsa(&reader)
        }
        switch kind {
        case .deviceEd25519, .deviceECDSA: application = try reader.string()
        case .ed25519, .ecdsa256, .ecdsa384, .ecdsa521, .rsa: application = nil
        }
        try reader.end()
        self.kind = kind
        self.blob = blob
    }

    /// Reads `ssh-ed25519 AAAA…`, with or without a comment behind it.
    package init(line: String) throws(SignatureError) {
        let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 2 else {
            throw SignatureError(
                .malformed, "there is no public key",
                remedy: "write its type and its base64 text, as in the file NAME.pub")
        }
        guard Kind(rawValue: String(words[0])) != nil else {
            throw Self.unsupported(String(words[0]))
        }
        try self.init(blob: try Base64.decode(String(words[1]), "the public key"))
        guard kind.rawValue == words[0] else {
            throw SignatureError(
                .malformed,
                "the public key is a \(kind.rawValue) key, and its line says "
                    + "\(words[0])")
        }
    }

    /// `SHA256:` and the digest of the key, as `ssh-keygen -l` shows it.
    package var fingerprint: String {
        let digest = Data(HashAlgorithm.sha256.digest(of: blob)).base64EncodedString()
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    private static func edwards(_ reader: inout SSHReader) throws(SignatureError) -> Material {
        let point = try reader.string()
        guard point.count == 32 else {
            throw SignatureError(.malformed, "the public key is damaged: its point has no 32 bytes")
        }
        return .ed25519(point: point)
    }

    private static func ecdsa(
        _ curve: Curve, _ reader: inout SSHReader
    ) throws(SignatureError) -> Material {
        guard try reader.name() == curve.rawValue else {
            throw SignatureError(.malformed, "the public key is damaged: it names another curve")
        }
        let point = try reader.string()
        guard point.count == 1 + 2 * curve.fieldBytes, point.first == 4 else {
            throw SignatureError(
                .malformed, "the public key is damaged: its point is not in the long form")
        }
        return .ecdsa(curve, point: point)
    }

    private static func rsa(_ reader: inout SSHReader) throws(SignatureError) -> Material {
        let exponent = try reader.positive()
        let modulus = try reader.positive()
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard bits >= fewestBitsOfRSA, bits <= mostBitsOfRSA else {
            throw SignatureError(
                .unsupportedAlgorithm, "an RSA key of \(bits) bits is not accepted",
                remedy: "use an ed25519 key, or RSA with \(fewestBitsOfRSA) bits or more")
        }
        guard exponent.count <= 8, (exponent.last ?? 0) & 1 == 1, exponent != [1] else {
            throw SignatureError(
                .unsupportedAlgorithm, "an RSA key with this public exponent is not accepted",
                remedy: "use a key with the exponent 65537")
        }
        return .rsa(exponent: exponent, modulus: modulus)
    }

    private static func unsupported(_ name: String) -> SignatureError {
        if name.contains("-cert-v0") {
            return SignatureError(
                .unsupportedAlgorithm, "a signature by a certificate (\(name)) is not accepted",
                remedy: "sign with the plain key, and put that among the allowed signers")
        }
        let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        return SignatureError(
            .unsupportedAlgorithm,
            "\(name.prefix(64).debugDescription) is no type of key that is "
                + "accepted", remedy: "use one of \(known)")
    }
}
