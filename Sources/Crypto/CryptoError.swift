/// Why libcrypto did not do what it was asked for.
package struct CryptoError: Error, Sendable, Equatable {
    /// The kinds of failure a caller can tell apart; none of them ever means "valid".
    package enum Code: String, Sendable, CaseIterable {
        /// A key, a number or a signature is not one.
        case malformed
        /// libcrypto does not verify with this type of key.
        case unsupportedAlgorithm
        /// libcrypto failed at what it should be able to do.
        case failed
    }

    package let code: Code
    /// What failed, on which object.
    package let fault: String

    init(_ code: Code, _ fault: String) {
        self.code = code
        self.fault = fault
    }
}
