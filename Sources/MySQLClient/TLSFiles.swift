import Foundation
import Schema

/// The certificate files of a connection, as passed to the client library.
struct TLSFiles: Equatable {
    var authorityFile: String?
    /// A folder in OpenSSL's format: one file per authority, named by a hash.
    var authorityFolder: String?
    var certificate: String?
    var key: String?

    /// Throws where a file cannot be read, or no authority is named against which the server could
    /// be verified; the client library would silently skip both.
    init(
        _ tls: TLSOptions, mode: TLSOptions.Mode, server: ServerAddress
    ) throws(MySQLError) {
        func refuse(_ message: String) -> MySQLError {
            MySQLError(kind: .configuration, message: message, server: server)
        }
        authorityFile = tls.caFile
        certificate = tls.certificateFile
        key = tls.keyFile
        switch mode {
        case .disabled: return
        case .preferred, .required: break
        case .verifyCA:
            guard tls.caFile != nil else {
                throw refuse("TLS mode verify-ca needs the authority's file")
            }
            guard ClientLibrary.verifiesAuthorityAlone else {
                throw refuse(
                    "TLS mode verify-ca is not kept by this release of the MySQL client library: "
                        + "use verify-identity")
            }
        case .verifyIdentity:
            if tls.caFile == nil { try takeSystemAuthorities(server) }
        }
        for case let file? in [authorityFile, authorityFolder, certificate, key]
        where access(file, R_OK) != 0 {
            throw refuse("TLS file \(file) cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    /// Uses the system's certificate authorities, as OpenSSL's variables or the distributions name
    /// them.
    ///
    /// They are passed to the library explicitly, so that it never accepts a certificate for
    /// another reason. A folder is preferred: reading all authorities takes some 20 ms per
    /// connection.
    private mutating func takeSystemAuthorities(_ server: ServerAddress) throws(MySQLError) {
        func named(_ variable: String) -> String? {
            getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        let (file, folder) = (named("SSL_CERT_FILE"), named("SSL_CERT_DIR"))
        if file != nil || folder != nil {
            (authorityFile, authorityFolder) = (file, folder)
        } else if let folder = Self.systemFolder {
            authorityFolder = folder
        } else if let file = Self.systemFile {
            authorityFile = file
        } else {
            throw MySQLError(
                kind: .configuration,
                message: "TLS mode verify-identity finds no certificate authorities on this "
                    + "machine: install them (ca-certificates), or name a file in `ca`",
                server: server)
        }
    }

    private static let systemFile = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ].first { (path: String) in access(path, R_OK) == 0 }

    private static let systemFolder = ["/etc/ssl/certs", "/etc/pki/tls/certs"].first { folder in
        // One that cannot be listed is of no use to the library either.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.contains { name in
            name.hasSuffix(".0") && name.utf8.count == 10
                && name.utf8.dropLast(2).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
    }
}
