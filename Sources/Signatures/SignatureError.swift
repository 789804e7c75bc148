import Basics

/// Why a signature does not count, or could not be made.
package struct SignatureError: RemediedError, Sendable, Equatable {
    /// The kinds of failure a caller can tell apart; none of them ever means "valid".
    package enum Code: String, Sendable, CaseIterable {
        /// There is no signature.
        case unsigned
        /// It is no signature of a kind that is known.
        case unknownFormat
        /// It says that it is an SSH signature, and is not one to the last byte.
        case malformed
        /// An algorithm, a key type or a size that is not accepted.
        case unsupportedAlgorithm
        /// It was made for another use.
        case wrongNamespace
        /// The allowed signers do not name the key.
        case keyNotAllowed
        /// They name it, for another person.
        case wrongPrincipal
        /// They name it, and its time has not begun.
        case notYetValid
        /// They name it, and its time is over; or an OpenPGP key has expired.
        case expired
        /// The owner of an OpenPGP key took it back.
        case revoked
        /// The bytes are not those that were signed, or another key signed them.
        case badSignature
        /// A file of allowed signers, or a key, cannot be read as what it should be.
        case invalidFile
        /// Others than the owner may change the file, or read a private key.
        case unsafeFile
        /// A program that is needed is not there, or failed.
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
