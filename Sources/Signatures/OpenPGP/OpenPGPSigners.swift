import Execution

/// Whose OpenPGP keys count: a file of exported public keys, and one that says whose they are.
package struct OpenPGPSigners: Sendable {
    /// Whether `text` says of itself that it is one.
    static func isSignature(_ text: String) -> Bool {
        text.drop(while: \.isWhitespace).hasPrefix("-----BEGIN PGP SIGNATURE-----")
    }

    func verify(
        payload: [UInt8], signature: String, namespace: String, at time: Timestamp,
        principal: String?
    ) throws(SignatureError) -> VerifiedSigner {
        throw SignatureError(.program, "OpenPGP is not there yet")
    }
}
