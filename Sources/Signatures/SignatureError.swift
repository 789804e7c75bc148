import Basics
import Crypto

/// Why a signature is not accepted, or could not be made.
package struct SignatureError: RemediedError, Sendable, Equatable {
    /// The kinds of failure that callers tell apart; none of them means "valid".
    package enum Code: String, Sendable, CaseIterable {
        /// There is no signature.
        case unsigned
        /// It is neither an SSH nor an OpenPGP signature.
        case unknownFormat
        /// It begins like a signature, and is not exactly one.
        case malformed
        /// An algorithm, key type or key size is not accepted.
        case unsupportedAlgorithm
        /// It was made for another purpose.
        case wrongNamespace
        /// The allowed signers do not list the key.
        case keyNotAllowed
        /// The allowed signers list the key for another person.
        case wrongPrincipal
        /// The allowed signers list the key from a later time on.
        case notYetValid
        /// The allowed signers list the key until an earlier time, or the OpenPGP key has expired.
        case expired
        /// The owner of the OpenPGP key revoked it.
        case revoked
        /// The signed bytes were changed, or another key signed them.
        case badSignature
        /// A file of allowed signers, or of a key, cannot be read as such.
        case invalidFile
        /// Other users may change the file, or read a private key.
        case unsafeFile
        /// A program that is needed is missing or failed.
        case program
    }

    package let code: Code
    /// What failed, on which object.
    package let fault: String
    /// What to do about it.
    package let remedy: String?

    package init(_ code: Code, _ fault: String, remedy: String? = nil) {
        self.code = code
        self.fault = fault
        self.remedy = remedy
    }
}

extension SignatureError {
    init(_ error: CryptoError) {
        let code: Code =
            switch error.code {
            case .malformed: .malformed
            case .unsupportedAlgorithm: .unsupportedAlgorithm
            case .failed: .program
            }
        self.init(code, error.fault)
    }

    /// Runs `body`, and throws what libcrypto says as an error of a signature.
    static func translating<Value>(
        _ body: () throws(CryptoError) -> Value
    ) throws(SignatureError) -> Value {
        do {
            return try body()
        } catch {
            throw SignatureError(error)
        }
    }
}
