import Basics

/// Finds out who signed something, by the keys that the operator allows; throws where nobody did.
package struct SignatureVerifier: Sendable {
    private let allowed: AllowedSigners
    private let openPGP: OpenPGPSigners?

    /// - Parameter openPGP: the allowed OpenPGP keys; nil to accept no OpenPGP signature.
    package init(allowedSigners: AllowedSigners, openPGP: OpenPGPSigners? = nil) {
        allowed = allowedSigners
        self.openPGP = openPGP
    }

    /// The signer of `payload`; throws unless an allowed key made `signature` over it.
    ///
    /// - Parameters:
    ///   - signature: armoured; nil or empty where there is none.
    ///   - namespace: the purpose that it must have been made for: `git` for a commit.
    ///   - time: the time of signing, as far as it is known, since keys may be limited in time.
    ///   - principal: the required signer; nil for any allowed one.
    package func verify(
        payload: [UInt8], signature: String?, namespace: String, at time: Timestamp,
        principal: String? = nil
    ) throws(SignatureError) -> VerifiedSigner {
        guard let signature, signature.contains(where: { !$0.isWhitespace }) else {
            throw SignatureError(
                .unsigned, "there is no signature", remedy: "sign it with a key that is allowed")
        }
        if SSHSignature.isOne(signature) {
            return try verify(
                try SSHSignature(armoured: signature), payload, namespace, time, principal)
        }
        if OpenPGPSigners.isSignature(signature) {
            guard let openPGP else {
                throw SignatureError(
                    .keyNotAllowed, "it is signed with OpenPGP, and no OpenPGP keys are allowed",
                    remedy: "name them beside the allowed signers, or sign with an SSH key")
            }
            return try openPGP.verify(
                payload: payload, signature: signature, namespace: namespace, at: time,
                principal: principal)
        }
        throw SignatureError(
            .unknownFormat, "the signature is neither an SSH nor an OpenPGP signature",
            remedy: "sign with `ssh-keygen -Y sign`, or with git's gpg.format ssh or openpgp")
    }

    private func verify(
        _ signature: SSHSignature, _ payload: [UInt8], _ namespace: String, _ time: Timestamp,
        _ principal: String?
    ) throws(SignatureError) -> VerifiedSigner {
        guard signature.namespace == namespace else {
            throw SignatureError(
                .wrongNamespace,
                "the signature was made for \(signature.namespace.prefix(64).debugDescription), "
                    + "not for \(namespace)")
        }
        // libcrypto is given the numbers of allowed keys only.
        let entries = try allowed.admitting(
            signature.key, namespace: namespace, at: time, principal: principal)
        guard try signature.isGenuine(for: payload) else {
            throw SignatureError(
                .badSignature,
                "the signature by \(signature.key.fingerprint) does not fit what it signs",
                remedy: "somebody changed one of the two: sign again, or find out who")
        }
        var names: [String] = []
        for name in entries.flatMap(\.principals.names) where !names.contains(name) {
            names.append(name)
        }
        return VerifiedSigner(
            kind: .ssh, principals: names, fingerprint: signature.key.fingerprint,
            place: entries.first.map { "\(allowed.file):\($0.line)" } ?? allowed.file,
            signedAt: nil)
    }
}

extension AllowedSigners {
    /// The entries that allow `key` to sign; throws the first reason where there is none.
    fileprivate func admitting(
        _ key: SSHPublicKey, namespace: String, at time: Timestamp, principal: String?
    ) throws(SignatureError) -> [Entry] {
        var refusals: [SignatureError] = []
        let admitted = entries.filter { entry in
            guard entry.key == key else { return false }
            let place = "\(file):\(entry.line)"
            if entry.options.isAuthority {
                refusals.append(
                    SignatureError(
                        .keyNotAllowed, "\(place) allows the key to certify, not to sign"))
                return false
            }
            if let refusal = entry.options.refusal(
                of: namespace, at: time, principal: principal, named: entry.principals,
                place: place)
            {
                refusals.append(refusal)
                return false
            }
            return true
        }
        guard admitted.isEmpty else { return admitted }
        throw refusals.first
            ?? SignatureError(
                .keyNotAllowed, "\(file) does not name the key \(key.fingerprint)",
                remedy: "add it with the name of its owner, if it should be allowed")
    }
}
