import Basics
import Execution
import Foundation
import TestSupport
import Testing

@testable import Signatures

/// Keys and signatures made with `ssh-keygen` in a temporary folder of its own.
final class SignatureMaker {
    private let temporary: TemporaryFolder
    var folder: String { temporary.path }

    static let now = Timestamp(secondsSince1970: 1_750_000_000)

    init() throws {
        temporary = try TemporaryFolder()
    }

    /// A new key; the path of its private half.
    func key(_ type: [String], passphrase: String = "", name: String = "key") throws -> String {
        try SSHKeys.make("\(folder)/\(name)", type: type, passphrase: passphrase)
    }

    func publicLine(_ key: String) throws -> String { try SSHKeys.publicLine(key) }

    func sign(
        _ payload: String, with key: String, namespace: String = "git", options: [String] = []
    ) throws -> String {
        try Shell.check(
            "ssh-keygen", ["-Y", "sign", "-f", key, "-n", namespace] + options, input: payload)
    }

    /// The allowed signers of `text`, read by both.
    func allowed(_ text: String) throws -> AllowedSigners {
        try AllowedSigners.read(try temporary.write(text + "\n", to: "allowed"))
    }

    /// What `ssh-keygen -Y verify` says of a signature, by the file that `allowed` wrote last.
    func programAccepts(
        _ signature: String, of payload: String, namespace: String = "git",
        principal: String = "ada", at time: Timestamp = SignatureMaker.now
    ) throws -> Bool {
        let file = try temporary.write(signature, to: "signature")
        return try Shell.run(
            "ssh-keygen",
            [
                "-Y", "verify", "-f", "\(folder)/allowed", "-I", principal, "-n", namespace,
                "-s", file, "-O", "verify-time=\(Self.stamp(time))Z",
            ], input: payload
        ).status == 0
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try temporary.write(text, to: name)
    }

    static func stamp(_ time: Timestamp) -> String {
        time.iso.filter(\.isNumber)
    }
}

/// The code of the `SignatureError` that `body` throws; nil when it throws nothing.
func signatureError(
    at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> SignatureError.Code? {
    caught(SignatureError.self, at: location, body)?.code
}

extension SignatureVerifier {
    /// What is thrown, or nil for a good signature.
    func refusal(
        of signature: String?, _ payload: String, namespace: String = "git",
        principal: String? = nil, at time: Timestamp = SignatureMaker.now
    ) -> SignatureError.Code? {
        signatureError {
            _ = try verify(
                payload: Array(payload.utf8), signature: signature, namespace: namespace,
                at: time, principal: principal)
        }
    }
}
