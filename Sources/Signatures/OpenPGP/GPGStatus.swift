import Basics

/// What `gpg` writes to its status descriptor (doc/DETAILS of GnuPG).
struct GPGStatus {
    /// A good signature.
    struct Good: Hashable, Sendable {
        /// The fingerprint of the key that signed, which may be a subkey.
        let fingerprint: String
        let primaryFingerprint: String
        let signedAt: Timestamp
    }

    private let lines: [(keyword: Substring, words: [Substring])]

    init(_ output: String) {
        // By bytes: in Swift's characters, one of a user id could swallow the end of a line.
        lines = output.utf8.split(separator: UInt8(ascii: "\n")).map(Substring.init)
            .compactMap { line in
                guard line.hasPrefix("[GNUPG:] ") else { return nil }
                let words = line.dropFirst("[GNUPG:] ".count).split(separator: " ")
                return words.first.map { ($0, Array(words.dropFirst())) }
            }
    }

    /// The signature; throws unless there is exactly one and every line about it is good.
    func good(exitStatus: Int32) throws(SignatureError) -> Good {
        if let refusal = Self.refusals.first(where: { !all($0.keyword).isEmpty }) {
            throw SignatureError(refusal.code, refusal.fault, remedy: refusal.remedy)
        }
        let valid = all("VALIDSIG")
        guard exitStatus == 0, all("NEWSIG").count == 1, all("GOODSIG").count == 1,
            let words = valid.first, valid.count == 1
        else {
            throw SignatureError(.badSignature, "gpg does not call the signature good")
        }
        // fingerprint date time expires version reserved key hash class primary
        guard words.count >= 10, let seconds = Int64(words[2]) else {
            throw SignatureError(.program, "gpg reports the signature in an unknown form")
        }
        guard Self.keyAlgorithms.contains(words[6]), Self.hashAlgorithms.contains(words[7]) else {
            throw SignatureError(
                .unsupportedAlgorithm,
                "the OpenPGP signature uses key algorithm \(words[6]) and hash \(words[7]), which "
                    + "are not accepted", remedy: "sign with RSA, ECDSA or EdDSA and with SHA-2")
        }
        guard Self.classes.contains(words[8]) else {
            throw SignatureError(
                .malformed, "the OpenPGP signature is of class \(words[8]), not of a document")
        }
        return Good(
            fingerprint: String(words[0]), primaryFingerprint: String(words[9]),
            signedAt: Timestamp(secondsSince1970: seconds))
    }

    private func all(_ keyword: String) -> [[Substring]] {
        lines.filter { $0.keyword == keyword }.map(\.words)
    }

    /// The numbers of RSA, ECDSA and EdDSA (RFC 4880, section 9.1, and RFC 9580).
    private static let keyAlgorithms: Set<Substring> = ["1", "19", "22"]
    /// The numbers of SHA-256, SHA-384 and SHA-512.
    private static let hashAlgorithms: Set<Substring> = ["8", "9", "10"]
    /// Signatures of a binary document and of a text document.
    private static let classes: Set<Substring> = ["00", "01"]

    private struct Refusal {
        let keyword: String
        let code: SignatureError.Code
        let fault: String
        var remedy: String?
    }

    private static let refusals = [
        Refusal(
            keyword: "BADSIG", code: .badSignature,
            fault: "the OpenPGP signature does not fit what it signs"),
        Refusal(
            keyword: "REVKEYSIG", code: .revoked, fault: "the OpenPGP key was revoked",
            remedy: "sign with another key"),
        Refusal(
            keyword: "EXPKEYSIG", code: .expired, fault: "the OpenPGP key has expired",
            remedy: "export it again where its owner prolonged it, or sign with another key"),
        Refusal(
            keyword: "EXPSIG", code: .expired, fault: "the OpenPGP signature has expired"),
        Refusal(
            keyword: "NO_PUBKEY", code: .keyNotAllowed,
            fault: "the OpenPGP key is not among those that are allowed",
            remedy: "add it to the exported keys and to the signers, if it should be"),
        Refusal(
            keyword: "ERRSIG", code: .badSignature,
            fault: "gpg cannot verify the OpenPGP signature"),
        Refusal(
            keyword: "NODATA", code: .malformed, fault: "the OpenPGP signature is damaged"),
        Refusal(
            keyword: "FAILURE", code: .badSignature,
            fault: "gpg fails on the OpenPGP signature"),
    ]
}
