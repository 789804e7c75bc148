import Schema

/// Who may ask for what: a name, and a role. Of the secret only its digest is kept.
package struct AccessToken: Hashable, Sendable {
    /// As it stands in the audit trail, usually an address of mail.
    package let name: String
    package let role: AccessRole
    /// SHA-256 of the secret, in hexadecimal digits.
    let digest: [UInt8]

    package init(name: String, role: AccessRole, secret: String) {
        self.init(name: name, role: role, digest: Self.digest(of: secret))
    }

    init(name: String, role: AccessRole, digest: [UInt8]) {
        self.name = name
        self.role = role
        self.digest = digest
    }

    /// Whether it lets somebody do what needs `wanted`: who approves may operate, and who operates
    /// may read.
    package func allows(_ wanted: AccessRole) -> Bool {
        let order = AccessRole.allCases
        guard let own = order.firstIndex(of: role), let needed = order.firstIndex(of: wanted)
        else { return false }
        return own >= needed
    }

    /// By which a record names the very token: four hexadecimal digits, another number for most
    /// other secrets.
    ///
    /// So few, since records are read by many: no guess of a secret can be confirmed by them.
    package var fingerprint: String {
        String(Digest(of: "plumb token " + String(decoding: digest, as: UTF8.self)).hex.prefix(4))
    }

    static func digest(of secret: String) -> [UInt8] {
        Array(Digest(of: secret).hex.utf8)
    }
}
