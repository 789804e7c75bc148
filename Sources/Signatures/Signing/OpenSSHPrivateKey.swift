import Crypto

/// A private key as `ssh-keygen` writes it (PROTOCOL.key of OpenSSH).
enum OpenSSHPrivateKey {
    /// A key that Plumb signs with itself.
    case ed25519(Ed25519PrivateKey)
    /// Another type, or protected by a passphrase: `ssh-keygen` signs with it.
    case other

    private static let magic = Array("openssh-key-v1".utf8) + [0]

    /// Reads the armoured form; throws `malformed` where it is damaged.
    init(armoured text: String) throws(SignatureError) {
        var reader = SSHReader(try Armour.privateKey.open(text), "the private key")
        guard try reader.take(Self.magic.count) == Self.magic else {
            throw SignatureError(.malformed, "the private key is damaged: it has no magic word")
        }
        let cipher = try reader.name()
        let derivation = try reader.name()
        _ = try reader.string()
        guard cipher == "none", derivation == "none" else {
            self = .other
            return
        }
        guard try reader.uint32() == 1 else {
            throw SignatureError(.malformed, "the private key is damaged: it is not one key")
        }
        let publicKey = try SSHPublicKey(blob: try reader.string())
        guard publicKey.kind == .ed25519 else {
            self = .other
            return
        }
        let inner = try reader.string()
        try reader.end()
        self = .ed25519(try Self.ed25519(inner, publicKey))
    }

    private static func ed25519(
        _ bytes: [UInt8], _ publicKey: SSHPublicKey
    ) throws(SignatureError) -> Ed25519PrivateKey {
        var reader = SSHReader(bytes, "the private key")
        let check = (try reader.uint32(), try reader.uint32())
        guard check.0 == check.1, try reader.name() == publicKey.kind.rawValue else {
            throw SignatureError(.malformed, "the private key is damaged: its check does not fit")
        }
        let point = try reader.string()
        var secret = try reader.string()
        defer { SecretBytes.erase(&secret) }
        // The seed, and behind it the public key again.
        guard secret.count == 64, Array(secret[32...]) == point,
            publicKey.material == .ed25519(point: point)
        else {
            throw SignatureError(.malformed, "the private key is damaged: its halves do not fit")
        }
        return try Ed25519PrivateKey(seed: Array(secret[..<32]), publicKey: publicKey)
    }
}

/// An ed25519 key that can be signed with.
struct Ed25519PrivateKey: Sendable {
    private let secret: Ed25519Secret
    let publicKey: SSHPublicKey

    /// Throws `malformed` where `publicKey` does not belong to `seed`.
    init(seed: [UInt8], publicKey: SSHPublicKey) throws(SignatureError) {
        let secret: Ed25519Secret = try SignatureError.translating { () throws(CryptoError) in
            try Ed25519Secret(seed: seed)
        }
        guard publicKey.material == .ed25519(point: secret.point) else {
            throw SignatureError(.malformed, "the private key is damaged: its halves do not fit")
        }
        self.secret = secret
        self.publicKey = publicKey
    }

    /// A signature of 64 bytes.
    func sign(_ message: [UInt8]) throws(SignatureError) -> [UInt8] {
        try SignatureError.translating { () throws(CryptoError) in try secret.sign(message) }
    }
}
