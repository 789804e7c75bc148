import Crypto
import Foundation

/// A private SSH key with which to sign.
///
/// Plumb itself signs with an ed25519 key without a passphrase. For every other key, also one in
/// an agent, it runs `ssh-keygen -Y sign`, which may ask for a passphrase.
package struct SigningKey: Sendable {
    private enum Means: Sendable {
        case own(Ed25519PrivateKey)
        case program
    }

    /// The file of the private key, or of the public key whose private half an agent holds.
    package let path: String
    private let means: Means

    /// Reads the key at `path`.
    ///
    /// Throws `unsafeFile` where other users may read a private key, and `invalidFile` where it
    /// cannot be read.
    package init(path: String) throws(SignatureError) {
        self.path = path
        let bytes: [UInt8]
        do throws(SignatureError) {
            bytes = try PrivateFile.bytes(path)
        } catch  where error.code == .unsafeFile {
            // A public key may be readable by everybody.
            guard let text = try? TrustedFile.text(path), (try? SSHPublicKey(line: text)) != nil
            else { throw error }
            means = .program
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard Armour.privateKey.isAtStart(of: text) else {
            means = .program
            return
        }
        do throws(SignatureError) {
            switch try OpenSSHPrivateKey(armoured: text) {
            case .ed25519(let key): means = .own(key)
            case .other: means = .program
            }
        } catch {
            throw SignatureError(.invalidFile, "\(path): \(error.fault)", remedy: error.remedy)
        }
    }

    /// Whether Plumb signs with it itself, without a program that may ask for a passphrase.
    package var signsAlone: Bool {
        switch means {
        case .own: true
        case .program: false
        }
    }

    /// An armoured SSH signature of `payload` for `namespace`.
    package func sign(
        _ payload: [UInt8], namespace: String
    ) throws(SignatureError) -> String {
        switch means {
        case .own(let key):
            let hash = HashAlgorithm.sha512
            let message = SSHSignature.message(payload, namespace: namespace, hash: hash)
            var proof = SSHWriter()
            proof.string(key.publicKey.kind.rawValue)
            proof.string(try key.sign(message))
            return SSHSignature.armour(
                key: key.publicKey.blob, namespace: namespace, hash: hash, proof: proof.bytes)
        case .program: return try signWithProgram(payload, namespace: namespace)
        }
    }

    /// How long to wait for a passphrase to be typed.
    private static let limitSeconds: Double = 120

    private func signWithProgram(
        _ payload: [UInt8], namespace: String
    ) throws(SignatureError) -> String {
        // Variables to find the agent, ask for a passphrase and talk to a device; none is secret.
        let names = [
            "HOME", "USER", "TERM", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
            "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER",
        ]
        let environment = ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
        let file = path.hasPrefix("/") ? path : "./" + path
        let result = try Program.run(
            "ssh-keygen", ["-q", "-Y", "sign", "-f", file, "-n", namespace], input: payload,
            environment: environment, limitSeconds: Self.limitSeconds)
        guard result.status == 0 else {
            throw SignatureError(
                .program, "\(path): ssh-keygen did not sign: \(result.complaint)",
                remedy: "try `ssh-keygen -Y sign -f \(path) -n \(namespace)` by hand")
        }
        // A signature that Plumb itself would refuse later must not be recorded.
        let signature = try SSHSignature(armoured: result.output)
        guard signature.namespace == namespace, try signature.isGenuine(for: payload) else {
            throw SignatureError(.program, "\(path): ssh-keygen made a signature that does not fit")
        }
        return result.output
    }
}
