import Schema
import Service

/// Who may ask for what: a name, and a role. Of the secret only its digest is kept.
package struct AccessToken: Hashable, Sendable {
    /// As it stands in the audit trail, usually an address of mail.
    package let name: String
    package let role: Endpoint.Role
    /// SHA-256 of the secret, in hexadecimal digits.
    let digest: [UInt8]

    package init(name: String, role: Endpoint.Role, secret: String) {
        self.init(name: name, role: role, digest: Self.digest(of: secret))
    }

    init(name: String, role: Endpoint.Role, digest: [UInt8]) {
        self.name = name
        self.role = role
        self.digest = digest
    }

    /// Whether it lets somebody do what needs `wanted`: who approves may operate, and who operates
    /// may read.
    package func allows(_ wanted: Endpoint.Role) -> Bool {
        let order = Endpoint.Role.allCases
        guard let own = order.firstIndex(of: role), let needed = order.firstIndex(of: wanted)
        else { return false }
        return own >= needed
    }

    static func digest(of secret: String) -> [UInt8] {
        Array(Digest(of: secret).hex.utf8)
    }
}
