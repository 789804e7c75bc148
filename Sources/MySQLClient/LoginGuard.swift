import CMySQL
import Execution
import Foundation
import Schema

/// Decides, between a server's greeting and the first byte of a login, whether to log in.
///
/// The client library begins each login with an authentication plug-in of the client's choice, and
/// is told to begin with this one: it is called after the greeting was read and before anything is
/// sent. Its own answer is empty; sending it makes the library start TLS, verify the server, and
/// only then send the user's name. The server must then ask for another plug-in. Until this one
/// has run, the library may use no other, so a greeting that avoids it ends the login.
// Sendable: used by the one thread that connects.
final class LoginGuard: @unchecked Sendable {
    /// The library searches the allowed names inside of this word; no real plug-in's name is in it.
    static let name = "plumb"

    private let policy: LoginPolicy
    private let server: ServerAddress
    private var hasRun = false
    /// Why there is no login; more specific than the library's own error.
    private var refusal: MySQLError?

    init(policy: LoginPolicy, server: ServerAddress) {
        self.policy = policy
        self.server = server
    }

    /// Runs `body`, which connects `handle`, under this guard.
    func watch<Result>(
        _ handle: UnsafeMutablePointer<MYSQL>, _ body: () throws(MySQLError) -> Result
    ) throws(MySQLError) -> Result {
        let key = UInt(bitPattern: handle)
        Self.watching.withLock { $0[key] = self }
        defer { Self.watching.withLock { $0[key] = nil } }
        let result: Result
        do throws(MySQLError) {
            result = try body()
        } catch {
            throw explain(error)
        }
        guard hasRun, refusal == nil else {
            throw refusal ?? error(.tls, "the client library logged in unchecked")
        }
        return result
    }

    /// Registers the plug-in with the library; false where the library refuses it.
    static func register() -> Bool {
        guard let handle = mysql_init(nil), let word = strdup(name) else { return false }
        defer { mysql_close(handle) }
        let plugin = UnsafeMutablePointer<plumb_login_plugin>.allocate(capacity: 1)
        plugin.initialize(to: plumb_login_plugin())
        return plumb_register_login(handle, plugin, word) { channel, handle in
            guard let channel, let handle else { return CR_ERROR }
            let key = UInt(bitPattern: handle)
            guard let login = LoginGuard.watching.withLock({ $0[key] }) else { return CR_ERROR }
            return login.run(channel, handle)
        } != 0
    }

    /// The guards of logins in progress, by the address of the library's handle.
    private static let watching = Lock<[UInt: LoginGuard]>([:])

    private func run(
        _ channel: UnsafeMutablePointer<MYSQL_PLUGIN_VIO>, _ handle: UnsafeMutablePointer<MYSQL>
    ) -> Int32 {
        guard !hasRun else { return refuse(.other, "the server begins the login a second time") }
        hasRun = true
        let offered = handle.pointee.server_capabilities
        let needed = UInt(CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION)
        guard offered & needed == needed else {
            return refuse(.configuration, "the server speaks a protocol of before MySQL 4.1")
        }
        let offersTLS = offered & UInt(CLIENT_SSL) != 0
        if policy.demandsTLS, !offersTLS { return refuse(.tls, noTLS) }
        // Bytes that were read ahead, unencrypted, would count as received over TLS.
        guard !hasUnread(handle) else {
            return refuse(.tls, "data was pushed in behind the server's greeting")
        }
        guard let write = channel.pointee.write_packet, write(channel, nil, 0) == 0 else {
            return CR_ERROR
        }
        let isEncrypted = mysql_get_ssl_cipher(handle) != nil
        if policy.demandsTLS, !isEncrypted { return refuse(.tls, noTLS) }
        let allowed = policy.plugins(isEncrypted: isEncrypted).joined(separator: ",")
        guard mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, allowed) == 0 else {
            return refuse(.configuration, "the MySQL client library refuses an option")
        }
        return CR_OK
    }

    private var noTLS: String {
        "TLS mode \(policy.mode.word) is asked for, but the server offers no TLS; nothing was "
            + "sent to it"
    }

    private func hasUnread(_ handle: UnsafeMutablePointer<MYSQL>) -> Bool {
        guard let channel = handle.pointee.net.pvio?.pointee, let start = channel.cache,
            let position = channel.cache_pos
        else { return false }
        return position < start + channel.cache_size
    }

    private func refuse(_ kind: MySQLError.Kind, _ message: String) -> Int32 {
        refusal = error(kind, message)
        return CR_ERROR
    }

    private func error(_ kind: MySQLError.Kind, _ message: String) -> MySQLError {
        MySQLError(kind: kind, message: message, server: server)
    }
}

extension LoginGuard {
    /// The error to report for a failed login.
    private func explain(_ error: MySQLError) -> MySQLError {
        if let refusal { return refusal }
        if error.number == UInt32(CR_PLUGIN_NOT_ALLOWED) { return notAnswered(error) }
        return error
    }

    /// The error for a plug-in that Plumb does not answer; its name is shown only if it is one.
    private func notAnswered(_ error: MySQLError) -> MySQLError {
        guard hasRun else {
            return self.error(
                .configuration,
                "the server does not say how it authenticates (the greeting names no plug-in); "
                    + "nothing was sent to it")
        }
        let quoted = error.message.split(separator: "'", omittingEmptySubsequences: false)
        let name = quoted.count > 1 ? quoted[1].prefix(64) : ""
        let isName = !name.isEmpty && name.utf8.allSatisfy(Self.isNameByte)
        let plugin = isName ? "the authentication plug-in \(name)" : "an old password"
        let isKnown = LoginPolicy(server: .socket(path: ""), mode: .disabled)
            .plugins(isEncrypted: false).contains(String(name))
        return self.error(
            .configuration,
            "the server asks for \(plugin), which Plumb answers "
                + (isKnown
                    ? "only over verified TLS (verify-identity or verify-ca), over TLS on the "
                        + "loopback interface, or over a socket"
                    : "nowhere: give the account one of mysql_native_password, ed25519, parsec and "
                        + "caching_sha2_password"))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
