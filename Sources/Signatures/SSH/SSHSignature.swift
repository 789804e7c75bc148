import Crypto
import Foundation

/// An SSH signature, as `ssh-keygen -Y sign` makes it (PROTOCOL.sshsig of OpenSSH).
package struct SSHSignature: Hashable, Sendable {
    /// The key with which it claims to be made.
    package let key: SSHPublicKey
    /// What it was made for: `git`, `file`.
    package let namespace: String
    /// The hash function that was applied to the payload.
    let hash: HashAlgorithm
    let proof: SSHProof

    private static let magic = Array("SSHSIG".utf8)
    private static let version: UInt32 = 1

    /// Whether `text` begins like an SSH signature.
    package static func isOne(_ text: String) -> Bool { Armour.signature.isAtStart(of: text) }

    /// Reads the armoured form, without verifying anything yet.
    ///
    /// Throws `malformed` or `unsupportedAlgorithm`.
    package init(armoured text: String) throws(SignatureError) {
        var reader = SSHReader(try Armour.signature.open(text), "the SSH signature")
        guard try reader.take(Self.magic.count) == Self.magic else {
            throw SignatureError(.malformed, "the SSH signature is damaged: it has no magic word")
        }
        let version = try reader.uint32()
        guard version == Self.version else {
            throw SignatureError(
                .unsupportedAlgorithm,
                "the SSH signature has version \(version), which this "
                    + "release does not know")
        }
        key = try SSHPublicKey(blob: try reader.string())
        namespace = try reader.name()
        // The signature does not cover this field, so anybody could have filled it.
        guard try reader.string().isEmpty else {
            throw SignatureError(
                .malformed, "the SSH signature is damaged: its reserved field is not empty")
        }
        let hashName = try reader.name()
        guard let hash = HashAlgorithm(rawValue: hashName), hash != .sha384 else {
            throw SignatureError(
                .unsupportedAlgorithm,
                "the SSH signature hashes with "
                    + "\(hashName.prefix(64).debugDescription), which is not accepted",
                remedy: "use sha512 or sha256")
        }
        self.hash = hash
        proof = try SSHProof(blob: try reader.string(), key: key.kind)
        try reader.end()
        guard !namespace.isEmpty else {
            throw SignatureError(.malformed, "the SSH signature is damaged: no namespace")
        }
    }

    /// Whether the key that it names made it over exactly `payload`.
    ///
    /// Whether that key is allowed is up to ``SignatureVerifier``.
    func isGenuine(for payload: [UInt8]) throws(SignatureError) -> Bool {
        try proof.isGenuine(
            by: key, over: Self.message(payload, namespace: namespace, hash: hash))
    }

    /// The bytes that a key signs in place of `payload`.
    static func message(
        _ payload: [UInt8], namespace: String, hash: HashAlgorithm
    ) -> [UInt8] {
        var writer = SSHWriter()
        writer.raw(magic)
        writer.string(namespace)
        writer.string("")
        writer.string(hash.rawValue)
        writer.string(hash.digest(of: payload))
        return writer.bytes
    }

    /// The armoured form of a new signature.
    static func armour(
        key: [UInt8], namespace: String, hash: HashAlgorithm, proof: [UInt8]
    ) -> String {
        var writer = SSHWriter()
        writer.raw(magic)
        writer.uint32(version)
        writer.string(key)
        writer.string(namespace)
        writer.string("")
        writer.string(hash.rawValue)
        writer.string(proof)
        return Armour.signature.close(writer.bytes)
    }
}
