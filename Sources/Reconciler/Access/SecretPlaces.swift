import Desired
import Foundation
import Model
import MySQLClient

/// The folders in which files with secrets may be.
package struct SecretPlaces: Hashable, Sendable {
    /// What relative paths are relative to; nil where a proposal could place another file there.
    package let folder: String?
    /// A folder whose files a proposal may have written: no path to a secret may lead into it.
    package let untrusted: String?

    package init(folder: String?, untrusted: String? = nil) {
        self.folder = folder
        self.untrusted = untrusted
    }

    /// The absolute path of the file that a connection names under `key`.
    package func resolve(
        _ path: LocalPath, _ key: String
    ) throws(ConfigurationError) -> String {
        let whole: String
        if path.written.hasPrefix("/") {
            whole = path.written
        } else if let folder {
            whole = path.resolved(in: folder)
        } else {
            throw ConfigurationError(
                "\(key): \(path) is relative to a folder that a proposal writes",
                remedy: "write the whole path of a file elsewhere, or keep it in the "
                    + "operator's file")
        }
        guard let untrusted else { return whole }
        let isInside =
            OperatorFile.lies(whole, inside: untrusted)
            || OperatorFile.lies(
                OperatorFile.real(whole), inside: OperatorFile.real(untrusted))
        guard !isInside else {
            throw ConfigurationError(
                "\(key): \(path) lies among files that a proposal writes",
                remedy: "keep it outside the schema repository")
        }
        return whole
    }
}

extension ConnectionSettings {
    /// The settings of one account. Only this reads secrets.
    init(
        _ connection: ConnectionConfiguration, as account: ConnectionConfiguration.Credentials,
        places: SecretPlaces
    ) throws(ConfigurationError) {
        let credentials: Credentials
        var optionFile: String?
        switch account {
        case .optionFile(let path):
            credentials = Credentials(user: "")
            let resolved = try places.resolve(path, "option_file")
            try Self.check(optionFile: resolved)
            optionFile = resolved
        case .user(let name, let source):
            credentials = Credentials(user: name, password: try Self.password(source, places))
        }
        func file(_ path: LocalPath?, _ key: String) throws(ConfigurationError) -> String? {
            guard let path else { return nil }
            return try places.resolve(path, "tls.\(key)")
        }
        var tls = TLSOptions(
            mode: connection.tls.mode.map { TLSOptions.Mode($0) },
            caFile: try file(connection.tls.ca, "ca"),
            certificateFile: try file(connection.tls.certificate, "cert"),
            keyFile: try file(connection.tls.key, "key"))
        if let least = connection.leastTLS { tls.atLeast = TLSOptions.Mode(least) }
        self.init(credentials: credentials, tls: tls)
        self.optionFile = optionFile
        connectTimeoutSeconds = connection.connectTimeoutSeconds
        lockWaitTimeoutSeconds = connection.lockWaits.readingSeconds
    }

    /// Reads an option file once before any shard is reached, so that a fault in it is one error
    /// and not one for each shard.
    private static func check(optionFile path: String) throws(ConfigurationError) {
        do throws(MySQLError) {
            _ = try OptionFile(path: path, server: .socket(path: ""))
        } catch {
            throw ConfigurationError("option_file: \(error.message)", remedy: error.remedy)
        }
    }

    private static func password(
        _ source: ConnectionConfiguration.PasswordSource, _ places: SecretPlaces
    ) throws(ConfigurationError) -> Secret? {
        switch source {
        case .none: return nil
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name] else {
                let said = isPlainName(name) ? name : "that it names"
                throw ConfigurationError(
                    "password_env: the environment variable \(said) is not set",
                    remedy: "set it, or use password_file or option_file")
            }
            return Secret(value)
        case .file(let path):
            let resolved = try places.resolve(path, "password_file")
            guard let text = try? String(contentsOfFile: resolved, encoding: .utf8) else {
                let said = isPlainPath(path.written) ? resolved : "the file that it names"
                throw ConfigurationError(
                    "password_file: \(said) cannot be read",
                    remedy: "check the path and its rights")
            }
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init)
            return Secret(line ?? "")
        }
    }
}

extension ConnectionConfiguration {
    /// The lock wait limits for statements on the servers of the environment.
    var lockWaits: LockWaits { LockWaits(ddlSeconds: lockWaitTimeoutSeconds) }
}

extension ConnectionSettings {
    /// Whether it looks like a path and not like a password in its place, so that a message may
    /// repeat it.
    fileprivate static func isPlainPath(_ path: String) -> Bool {
        ["/", "./", "../"].contains(where: path.hasPrefix)
            || [".txt", ".pw", ".pass", ".password", ".secret", ".cnf"].contains(
                where: path.hasSuffix)
    }

    /// Whether it is a name such as `PLUMB_PW`. Anything else may be a password in its place, and
    /// is not repeated in a message.
    fileprivate static func isPlainName(_ name: String) -> Bool {
        name.contains("_")
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
    }
}

extension TLSOptions.Mode {
    init(_ mode: TLS.Mode) {
        switch mode {
        case .disabled: self = .disabled
        case .preferred: self = .preferred
        case .required: self = .required
        case .verifyCA: self = .verifyCA
        case .verifyIdentity: self = .verifyIdentity
        }
    }
}
