import Foundation

/// Certificates for one test: an authority of its own, and one that nobody should trust.
package struct Certificates {
    /// A certificate and its key, as paths of PEM files.
    package struct Pair: Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package enum Signer: String {
        case ours = "ca"
        case stranger = "other-ca"
    }

    package let folder: TemporaryFolder
    /// The authority to trust.
    package var authority: String { folder.path + "/ca.pem" }
    /// An authority that signed nothing of ours.
    package var otherAuthority: String { folder.path + "/other-ca.pem" }

    package init() throws {
        folder = try TemporaryFolder()
        for name in [Signer.ours, .stranger] {
            try openssl(
                "req -x509 \(Self.newKey) -days 2 -subj /CN=\(name) -keyout \(name.rawValue).key "
                    + "-out \(name.rawValue).pem")
        }
    }

    /// Makes a certificate for `names`, such as `DNS:localhost,IP:127.0.0.1`.
    ///
    /// - Parameter days: how long it is good; negative when it has run out already.
    package func make(
        _ name: String, for names: String, by signer: Signer = .ours, days: Int = 2
    ) throws -> Pair {
        try folder.write("subjectAltName=\(names)", to: name + ".names")
        try openssl("req \(Self.newKey) -subj /CN=\(name) -keyout \(name).key -out \(name).csr")
        try openssl(
            "x509 -req -in \(name).csr -CA \(signer.rawValue).pem -CAkey \(signer.rawValue).key "
                + "-CAcreateserial -days \(days) -extfile \(name).names -out \(name).pem")
        return Pair(
            certificate: folder.path + "/\(name).pem", key: folder.path + "/\(name).key")
    }

    private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

    private func openssl(_ arguments: String) throws {
        try Shell.check(
            "openssl", arguments.split(separator: " ").map(String.init), folder: folder.path)
    }
}
