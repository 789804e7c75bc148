import Foundation

/// The address of a server: `https://host:port`, with a path where it stands behind another one.
package struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether what is sent cannot be read on the way: by TLS, or as it stays on this machine.
    package let isPrivate: Bool
    let isEncrypted: Bool

    /// Throws where it is no such address, or has a password in it.
    package init(_ text: String) throws(HTTPClientError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else {
            // The text is not repeated: it may have a password in it.
            throw HTTPClientError(
                "the address of the server is none",
                remedy: "write it like https://plumb.example.com:8443, without user and query")
        }
        isEncrypted = scheme == "https"
        let name = host.lowercased().trimmingCharacters(in: ["[", "]"])
        let isLoopback = name == "localhost" || name == "::1" || Self.isLoopback(name)
        isPrivate = isEncrypted || isLoopback
        description = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Whether it is an address of 127.0.0.0/8; a name that only begins so is none.
    private static func isLoopback(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
