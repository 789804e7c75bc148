import Foundation
import Schema

/// A MySQL option file with the login for a server, kept outside of the repository.
///
/// Only the groups `[client]` and `[plumb]` are read; a later line wins. Unlike for the client
/// library, a missing, unreadable or malformed file is an error. Syntax:
/// https://dev.mysql.com/doc/refman/8.4/en/option-files.html
package struct OptionFile: Sendable {
    package private(set) var user: String?
    package private(set) var password: Secret?
    /// The server's address according to the file; nil where it names neither a host nor a socket.
    package private(set) var address: ServerAddress?
    package private(set) var tls = TLSOptions()

    private static let groups: Set<String> = ["client", "plumb"]

    /// Reads the file at `path`; `server` is the server for which it is needed, for errors.
    package init(path: String, server: ServerAddress) throws(MySQLError) {
        let file = OptionFileAccess(path: path, server: server)
        try self.init(text: file.read(), file: file)
    }

    init(text: String, file: OptionFileAccess) throws(MySQLError) {
        var options: [String: OptionFileLine] = [:]
        var group: String?
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            switch try OptionFileLine.read(line, number: index + 1, file: file) {
            case .blank: continue
            case .group(let name): group = name
            case .option(let option):
                guard let group else { throw file.error("an option before any group", option.line) }
                guard Self.groups.contains(group) else { continue }
                guard Self.known.contains(option.name) else {
                    // Other programs share `[client]` and know more options.
                    if group == "client" || option.isLoose { continue }
                    throw file.error("an option Plumb does not know", option.line)
                }
                options[option.name] = option
            }
        }
        user = try options["user"]?.text(file)
        password = options["password"]?.value.map(Secret.init)
        address = try Self.address(options, file)
        tls = try Self.tls(options, file)
    }

    private static let known: Set<String> = [
        "user", "password", "host", "port", "socket", "ssl", "skip-ssl", "ssl-mode", "ssl-ca",
        "ssl-cert", "ssl-key", "ssl-verify-server-cert",
    ]

    private static func address(
        _ options: [String: OptionFileLine], _ file: OptionFileAccess
    ) throws(MySQLError) -> ServerAddress? {
        let host = try options["host"]?.text(file)
        if let socket = options["socket"], host == nil || host == "localhost" {
            return .socket(path: try socket.text(file))
        }
        guard let host else { return nil }
        guard let line = options["port"] else { return .tcp(host: host, port: 3306) }
        guard let port = UInt16(try line.text(file)), port > 0 else {
            throw file.error("the port is not a number from 1 to 65535", line.line)
        }
        return .tcp(host: host, port: port)
    }

    private static func tls(
        _ options: [String: OptionFileLine], _ file: OptionFileAccess
    ) throws(MySQLError) -> TLSOptions {
        var tls = TLSOptions()
        tls.caFile = try options["ssl-ca"]?.text(file)
        tls.certificateFile = try options["ssl-cert"]?.text(file)
        tls.keyFile = try options["ssl-key"]?.text(file)
        if let line = options["ssl-mode"] {
            guard let mode = modes[try line.text(file).uppercased()] else {
                throw file.error("ssl-mode is none of \(modes.keys.sorted())", line.line)
            }
            tls.mode = mode
            return tls
        }
        let isOn = try options["ssl"]?.isOn(file)
        let isSkipped = try options["skip-ssl"]?.isOn(file) == true
        let verifies = try options["ssl-verify-server-cert"]?.isOn(file)
        if isSkipped || isOn == false {
            tls.mode = .disabled
        } else if verifies == false {
            tls.mode = .preferred
        }
        // Files and switches can require a stricter mode than the address does, never a weaker one.
        if verifies == true {
            tls.atLeast = .verifyIdentity
        } else if tls.caFile != nil {
            tls.atLeast = .verifyCA
        } else if isOn == true || tls.certificateFile != nil {
            tls.atLeast = .required
        }
        return tls
    }

    private static let modes: [String: TLSOptions.Mode] = [
        "DISABLED": .disabled, "PREFERRED": .preferred, "REQUIRED": .required,
        "VERIFY_CA": .verifyCA, "VERIFY_IDENTITY": .verifyIdentity,
    ]
}

extension ConnectionSettings {
    /// These settings with the file's added; of two TLS modes the stricter one counts.
    package func withOptionFile(server: ServerAddress) throws(MySQLError) -> ConnectionSettings {
        guard let optionFile else { return self }
        let file = try OptionFile(path: optionFile, server: server)
        var complete = self
        if credentials.user.isEmpty, let user = file.user { complete.credentials.user = user }
        complete.credentials.password = credentials.password ?? file.password
        complete.tls.mode = [tls.mode, file.tls.mode].compactMap(\.self).max()
        complete.tls.atLeast = max(tls.atLeast, file.tls.atLeast)
        complete.tls.caFile = tls.caFile ?? file.tls.caFile
        complete.tls.certificateFile = tls.certificateFile ?? file.tls.certificateFile
        complete.tls.keyFile = tls.keyFile ?? file.tls.keyFile
        return complete
    }
}
