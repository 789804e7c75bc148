import Basics

/// The signer of something, as the allowed signers name the owner of the key.
package struct VerifiedSigner: Hashable, Sendable {
    /// The kind of signature.
    package enum Kind: String, Sendable {
        case ssh
        case openPGP
    }

    package let kind: Kind
    /// The names of the key's owner in the allowed signers, in the order of the file. Empty where
    /// they have only patterns for the key, which name no one person.
    package let principals: [String]
    /// `SHA256:…` of an SSH key as `ssh-keygen -l` shows it; the primary key of OpenPGP in
    /// upper-case hexadecimal digits.
    package let fingerprint: String
    /// Where the allowed signers say so: `file:line`.
    package let place: String
    /// When it was signed, by the signer's own clock; SSH signatures do not say it.
    package let signedAt: Timestamp?
}
