import Foundation
import Schema

/// How far away a server is, by its address as written.
///
/// A name that resolves to the loopback interface is no loopback address: whoever answers the
/// question for the name would decide.
package enum Reach: Sendable {
    case socket
    /// `localhost`, `::1` or 127.0.0.0/8 in four numbers.
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

/// What has to hold before a login is sent to a server, and which plug-ins are then answered.
struct WirePolicy: Sendable, Equatable {
    let reach: Reach
    let mode: TLSOptions.Mode

    init(server: ServerAddress, mode: TLSOptions.Mode) {
        reach = Reach(server)
        self.mode = mode
    }

    /// Whether a server that offers no TLS gets nothing, not even the user's name.
    var demandsTLS: Bool {
        switch mode {
        case .disabled: false
        case .preferred: reach == .network
        case .required, .verifyCA, .verifyIdentity: true
        }
    }

    /// The plug-ins that may be answered, once it is known whether the session is encrypted.
    func plugins(isEncrypted: Bool) -> [String] {
        let isPrivate =
            switch reach {
            case .socket: true
            case .loopback: isEncrypted
            case .network: isEncrypted && mode >= .verifyCA
            }
        return isPrivate ? Self.proving + Self.telling : Self.proving
    }

    /// Plug-ins that prove knowledge of a password and never send it.
    private static let proving = ["mysql_native_password", "client_ed25519", "parsec"]

    /// Plug-ins that may send the password itself and leave its protection to the transport.
    ///
    /// Without that they would encrypt it for whatever RSA key the server shows.
    private static let telling = ["caching_sha2_password", "sha256_password"]
}

extension TLSOptions {
    /// What the mode leaves to whoever stands between here and `server`; nil where that is
    /// nothing, and on this machine.
    package func weakness(for server: ServerAddress) -> String? {
        guard Reach(server) == .network else { return nil }
        return switch mode(for: server) {
        case .disabled:
            "nothing is encrypted: whoever stands in between reads and changes everything"
        case .preferred, .required:
            "the server proves nothing: whoever stands in between can answer in its place"
        case .verifyCA:
            "any server with a certificate of the authority can answer in its place"
        case .verifyIdentity: nil
        }
    }
}
