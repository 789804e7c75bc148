import Basics

/// The allowed OpenPGP keys: a file of exported public keys, and one that names their owners.
///
/// The second file has the format of allowed signers, with the fingerprint of the primary key in
/// place of the key. The user ids inside of a key do not count: its owner chooses them.
///
///     ada@example.com 0123456789ABCDEF0123456789ABCDEF01234567
///     bob@example.com valid-before="20270101Z" FEDCBA9876543210FEDCBA9876543210FEDCBA98
package struct OpenPGPSigners: Sendable {
    private struct Entry: Sendable {
        let principals: PatternList
        let options: SignerLine.Options
        let fingerprint: String
        let line: Int
    }

    private let file: String
    private let entries: [Entry]
    private let keyring: OpenPGPKeyring

    /// OpenPGP signatures are accepted for commits only: unlike SSH's they do not contain what
    /// they were made for, and a commit cannot be mistaken for anything else.
    private static let namespace = "git"

    /// Reads the file of owners, and the keys that `gpg --export` wrote.
    ///
    /// Throws `unsafeFile` where other users may change one of the files, and `invalidFile` with
    /// the line for one that cannot be read completely.
    package static func read(signers: String, keys: String) throws(SignatureError) -> Self {
        try OpenPGPSigners(
            text: try TrustedFile.text(signers), file: signers,
            keyring: OpenPGPKeyring(exported: try TrustedFile.bytes(keys), file: keys))
    }

    init(text: String, file: String, keyring: OpenPGPKeyring) throws(SignatureError) {
        self.file = file
        self.keyring = keyring
        entries = try SignerFile.lines(text, file: file) { (text, line) throws(SignatureError) in
            guard let read = try SignerLine(text, isKey: Self.isFingerprint) else { return nil }
            let word = read.key.prefix { $0 != " " && $0 != "\t" }
            guard Self.isFingerprint(String(word)) else {
                throw SignatureError(
                    .invalidFile, "there is no fingerprint",
                    remedy: "write the 40 digits that `gpg --fingerprint` shows, without blanks")
            }
            guard !read.options.isAuthority else {
                throw SignatureError(.invalidFile, "cert-authority says nothing of an OpenPGP key")
            }
            return Entry(
                principals: read.principals, options: read.options,
                fingerprint: word.uppercased(), line: line)
        }
    }

    private static func isFingerprint(_ word: String) -> Bool {
        [40, 64].contains(word.utf8.count) && word.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    /// Whether `text` begins like an OpenPGP signature.
    static func isSignature(_ text: String) -> Bool { OpenPGPPacket.isArmoured(text) }

    func verify(
        payload: [UInt8], signature: String, namespace: String, at time: Timestamp,
        principal: String?
    ) throws(SignatureError) -> VerifiedSigner {
        guard namespace == Self.namespace else {
            throw SignatureError(
                .wrongNamespace,
                "an OpenPGP signature counts for commits only, not for "
                    + namespace, remedy: "sign it with an SSH key")
        }
        try OpenPGPPacket.requireOneSignature(signature)
        let good = try keyring.verify(payload: payload, signature: signature)
        let named = entries.filter { $0.fingerprint == good.primaryFingerprint }
        var refusals: [SignatureError] = []
        let admitted = named.filter { entry in
            let place = "\(file):\(entry.line)"
            if let refusal = entry.options.refusal(
                of: namespace, at: time, principal: principal, named: entry.principals,
                place: place)
            {
                refusals.append(refusal)
                return false
            }
            return true
        }
        guard let first = admitted.first else {
            throw refusals.first
                ?? SignatureError(
                    .keyNotAllowed,
                    "\(file) does not name the OpenPGP key \(good.primaryFingerprint)",
                    remedy: "add it with the name of its owner, if it should be allowed")
        }
        var names: [String] = []
        for name in admitted.flatMap(\.principals.names) where !names.contains(name) {
            names.append(name)
        }
        return VerifiedSigner(
            kind: .openPGP, principals: names, fingerprint: good.primaryFingerprint,
            place: "\(file):\(first.line)", signedAt: good.signedAt)
    }
}
