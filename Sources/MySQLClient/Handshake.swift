import CMySQL
import Foundation
import Schema

/// Making a session: the client library's options, and what has to hold before it is used.
enum Handshake {
    /// Initialises the client library, which is not thread-safe, once for the process.
    private static let library: Bool = mysql_server_init(0, nil, nil) == 0

    static func connect(
        to server: ServerAddress, settings: ConnectionSettings, database: String?
    ) throws(MySQLError) -> UnsafeMutablePointer<MYSQL> {
        guard library, let handle = mysql_init(nil) else {
            throw MySQLError(
                kind: .other, message: "the MySQL client library cannot be initialised",
                server: server)
        }
        do throws(MySQLError) {
            try checkFiles(of: settings.tls, server: server)
            try setOptions(of: handle, settings: settings, server: server)
            try open(handle, server: server, settings: settings, database: database)
            try checkEncryption(of: handle, settings: settings, server: server)
            keepAlive(handle, server: server)
            return handle
        } catch {
            mysql_close(handle)
            throw error
        }
    }

    /// The client library's last error on `handle`, translated.
    static func lastError(
        of handle: UnsafeMutablePointer<MYSQL>, server: ServerAddress, during activity: Activity
    ) -> MySQLError {
        MySQLError.translated(
            number: mysql_errno(handle),
            sqlState: mysql_sqlstate(handle).map { String(cString: $0) } ?? "",
            message: mysql_error(handle).map { String(cString: $0) } ?? "unknown error",
            server: server, during: activity)
    }

    private static func open(
        _ handle: UnsafeMutablePointer<MYSQL>, server: ServerAddress,
        settings: ConnectionSettings, database: String?
    ) throws(MySQLError) {
        let host: String?
        let port: UInt16
        let socket: String?
        switch server {
        case .tcp(let name, let number): (host, port, socket) = (name, number, nil)
        case .socket(let path): (host, port, socket) = ("localhost", 0, path)
        }
        let user = settings.credentials.user
        let connected = mysql_real_connect(
            handle, host, user.isEmpty ? nil : user, settings.credentials.password?.reveal(),
            database, UInt32(port), socket, 0)
        guard connected != nil else {
            throw lastError(of: handle, server: server, during: .connecting)
        }
    }

    private static func setOptions(
        of handle: UnsafeMutablePointer<MYSQL>, settings: ConnectionSettings,
        server: ServerAddress
    ) throws(MySQLError) {
        var accepted = true
        func set(_ option: mysql_option, _ value: UInt32) {
            var value = value
            accepted = mysql_options(handle, option, &value) == 0 && accepted
        }
        func set(_ option: mysql_option, flag: Bool) {
            var value: my_bool = flag ? 1 : 0
            accepted = mysql_options(handle, option, &value) == 0 && accepted
        }
        func set(_ option: mysql_option, text: String?) {
            guard let text else { return }
            accepted = mysql_options(handle, option, text) == 0 && accepted
        }
        set(MYSQL_SET_CHARSET_NAME, text: "utf8mb4")
        set(MYSQL_OPT_CONNECT_TIMEOUT, UInt32(clamping: settings.connectTimeoutSeconds))
        if let seconds = settings.readTimeoutSeconds {
            set(MYSQL_OPT_READ_TIMEOUT, UInt32(clamping: seconds))
        }
        if let seconds = settings.writeTimeoutSeconds {
            set(MYSQL_OPT_WRITE_TIMEOUT, UInt32(clamping: seconds))
        }
        // A server must never be able to ask for files of this machine.
        set(MYSQL_OPT_LOCAL_INFILE, 0)
        set(MYSQL_OPT_RECONNECT, flag: false)
        if case .tcp = server { set(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue) }
        let tls = settings.tls
        if tls.mode < .verifyCA {
            // Whoever sits in between must not be able to ask for the password in clear text.
            set(MARIADB_OPT_RESTRICTED_AUTH, text: hashingAuthentication)
        }
        if tls.mode != .disabled {
            set(MYSQL_OPT_SSL_ENFORCE, flag: true)
            set(MYSQL_OPT_SSL_CA, text: tls.caFile)
            set(MYSQL_OPT_SSL_CERT, text: tls.certificateFile)
            set(MYSQL_OPT_SSL_KEY, text: tls.keyFile)
            set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, flag: tls.mode == .verifyIdentity)
        }
        guard accepted else {
            throw MySQLError(
                kind: .configuration, message: "the MySQL client library refuses an option",
                server: server)
        }
    }

    /// Says what the client library would leave out: which file, and that no authority is named.
    private static func checkFiles(
        of tls: TLSOptions, server: ServerAddress
    ) throws(MySQLError) {
        guard tls.mode != .disabled else { return }
        if tls.mode == .verifyCA, tls.caFile == nil {
            throw MySQLError(
                kind: .configuration, message: "TLS mode verifyCA needs the authority's file",
                server: server)
        }
        for case let file? in [tls.caFile, tls.certificateFile, tls.keyFile]
        where access(file, R_OK) != 0 {
            let reason = String(cString: strerror(errno))
            throw MySQLError(
                kind: .configuration, message: "TLS file \(file) cannot be read: \(reason)",
                server: server)
        }
    }

    /// Authentication plugins that never send the password itself over a plain connection.
    private static let hashingAuthentication =
        "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,parsec,"
        + "auth_gssapi_client"

    /// The client library falls back to plain text when the server offers no TLS: refuse that.
    private static func checkEncryption(
        of handle: UnsafeMutablePointer<MYSQL>, settings: ConnectionSettings,
        server: ServerAddress
    ) throws(MySQLError) {
        switch settings.tls.mode {
        case .disabled, .preferred: return
        case .required, .verifyCA, .verifyIdentity: break
        }
        guard mysql_get_ssl_cipher(handle) != nil else {
            throw MySQLError(
                kind: .tls,
                message: "TLS mode \(settings.tls.mode.rawValue) is asked for, "
                    + "but the server offers no TLS", server: server)
        }
    }

    /// Lets the kernel notice a dead peer in about two minutes: a change has no read timeout.
    private static func keepAlive(_ handle: UnsafeMutablePointer<MYSQL>, server: ServerAddress) {
        guard case .tcp = server else { return }
        let socket = mysql_get_socket(handle)
        func set(_ level: Int32, _ option: Int32, _ value: Int32) {
            var value = value
            _ = setsockopt(
                socket, level, option, &value, socklen_t(MemoryLayout.size(ofValue: value)))
        }
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
    }
}
