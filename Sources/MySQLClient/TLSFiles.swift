import Foundation
import Schema

/// The files that a connection's TLS rests on, as the client library is given them.
struct TLSFiles: Equatable {
    var authorityFile: String?
    /// A folder in OpenSSL's form: one file for each authority, named by a hash.
    var authorityFolder: String?
    var certificate: String?
    var key: String?

    /// Says what the client library would leave out: which file cannot be read, and that nobody
    /// is named who could vouch for the server.
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

    /// The system's certificate authorities, as OpenSSL's variables and the distributions name
    /// them.
    ///
    /// Named to the library, so that it never takes a certificate on other grounds. The folder is
    /// preferred: reading all authorities at once takes some 20 ms for each connection.
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
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.contains { name in
            name.hasSuffix(".0") && name.utf8.count == 10
                && name.utf8.dropLast(2).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
    }
}
