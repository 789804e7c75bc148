import Foundation
import Schema

/// How a server is reached, by its address as written.
///
/// A name that resolves to the loopback interface does not count as loopback, as the name server
/// decides about it.
package enum ServerTransport: Sendable {
    case socket
    /// `localhost`, `::1` or an address in 127.0.0.0/8.
    case loopback
    case network

    package init(_ server: ServerAddress) {
        switch server {
        case .socket: self = .socket
        case .tcp(let host, _): self = Self.isLoopback(host) ? .loopback : .network
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        var address = in_addr()
        guard inet_pton(AF_INET, host, &address) == 1 else { return false }
        return UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
}

/// The conditions for logging in to a server, and the plug-ins that may then be answered.
struct LoginPolicy: Sendable, Equatable {
    let transport: ServerTransport
    let mode: TLSOptions.Mode

    init(server: ServerAddress, mode: TLSOptions.Mode) {
        transport = ServerTransport(server)
        self.mode = mode
    }

    /// Whether a server without TLS is sent nothing, not even the user's name.
    var demandsTLS: Bool {
        switch mode {
        case .disabled: false
        case .preferred: transport == .network
        case .required, .verifyCA, .verifyIdentity: true
        }
    }

    /// The plug-ins that may be answered, depending on whether the session is encrypted.
    func plugins(isEncrypted: Bool) -> [String] {
        let isPrivate =
            switch transport {
            case .socket: true
            case .loopback: isEncrypted
            case .network: isEncrypted && mode >= .verifyCA
            }
        return isPrivate ? Self.allPlugins : Self.challengePlugins
    }

    /// Plug-ins that prove that the client knows the password without sending it.
    private static let challengePlugins = ["mysql_native_password", "client_ed25519", "parsec"]

    /// Those that are answered under the best conditions.
    static let allPlugins = challengePlugins + passwordPlugins

    /// Plug-ins that may send the password itself and rely on the connection's encryption.
    ///
    /// Without TLS they would encrypt it with any RSA key that the server sends.
    private static let passwordPlugins = ["caching_sha2_password", "sha256_password"]
}

extension TLSOptions {
    /// What somebody between Plumb and `server` could do under this mode; nil where nothing, and
    /// for servers on this machine.
    package func weakness(for server: ServerAddress) -> String? {
        guard ServerTransport(server) == .network else { return nil }
        return switch mode(for: server) {
        case .disabled:
            "nothing is encrypted: anybody in between can read and change everything"
        case .preferred, .required:
            "the server is not verified: anybody in between can answer in its place"
        case .verifyCA:
            "any server with a certificate of the authority can answer in its place"
        case .verifyIdentity: nil
        }
    }
}
