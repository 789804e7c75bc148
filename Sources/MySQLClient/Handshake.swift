import CMySQL
import Foundation
import Schema

/// Connecting: the options for the client library, and the checks before a session is used.
enum Handshake {
    static func connect(
        to server: ServerAddress, settings: ConnectionSettings, database: String?
    ) throws(MySQLError) -> UnsafeMutablePointer<MYSQL> {
        if let fault = ClientLibrary.fault {
            throw MySQLError(kind: .configuration, message: fault, server: server)
        }
        try checkHost(of: server)
        guard let handle = mysql_init(nil) else {
            throw MySQLError(
                kind: .other, message: "the MySQL client library cannot be initialised",
                server: server)
        }
        let mode = settings.tls.mode(for: server)
        let login = LoginGuard(policy: LoginPolicy(server: server, mode: mode), server: server)
        do throws(MySQLError) {
            let files = try TLSFiles(settings.tls, mode: mode, server: server)
            try setOptions(of: handle, settings: settings, server: server)
            try set(files, mode: mode, of: handle, server: server)
            try login.watch(handle) { () throws(MySQLError) in
                try open(handle, server: server, settings: settings, database: database)
            }
            try checkEncryption(of: handle, mode: mode, server: server)
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
        // With nil the library would use the password in MYSQL_PWD.
        let password = settings.credentials.password?.reveal() ?? ""
        let connected = mysql_real_connect(
            handle, host, user.isEmpty ? nil : user, password,
            database, UInt32(port), socket, 0)
        guard connected != nil else {
            throw lastError(of: handle, server: server, during: .connecting)
        }
    }

    /// The client library reads options and lists of hosts out of a host's name: allow names only.
    private static func checkHost(of server: ServerAddress) throws(MySQLError) {
        guard case .tcp(let host, _) = server else { return }
        let isName = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"):
                true
            default: false
            }
        }
        guard isName, !host.isEmpty else {
            throw MySQLError(
                kind: .configuration, message: "the host is neither a name nor an address",
                server: server)
        }
    }

    private static func setOptions(
        of handle: UnsafeMutablePointer<MYSQL>, settings: ConnectionSettings,
        server: ServerAddress
    ) throws(MySQLError) {
        var options = ClientOptions(handle)
        options.set(MYSQL_SET_CHARSET_NAME, text: "utf8mb4")
        options.set(MYSQL_OPT_CONNECT_TIMEOUT, UInt32(clamping: settings.connectTimeoutSeconds))
        if let seconds = settings.readTimeoutSeconds {
            options.set(MYSQL_OPT_READ_TIMEOUT, UInt32(clamping: seconds))
        }
        if let seconds = settings.writeTimeoutSeconds {
            options.set(MYSQL_OPT_WRITE_TIMEOUT, UInt32(clamping: seconds))
        }
        // A server must not be able to request files of this machine (LOAD DATA LOCAL).
        options.set(MYSQL_OPT_LOCAL_INFILE, 0)
        options.set(MYSQL_OPT_RECONNECT, flag: false)
        if case .tcp = server { options.set(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue) }
        // Every login begins with the guard, which decides on the plug-ins that follow.
        options.set(MYSQL_DEFAULT_AUTH, text: LoginGuard.name)
        options.set(MARIADB_OPT_RESTRICTED_AUTH, text: LoginGuard.name)
        options.set(MYSQL_PLUGIN_DIR, text: ClientLibrary.pluginFolder)
        try options.check(server)
    }

    private static func set(
        _ files: TLSFiles, mode: TLSOptions.Mode, of handle: UnsafeMutablePointer<MYSQL>,
        server: ServerAddress
    ) throws(MySQLError) {
        guard mode != .disabled else { return }
        var options = ClientOptions(handle)
        options.set(MYSQL_OPT_SSL_ENFORCE, flag: true)
        options.set(MYSQL_OPT_SSL_CA, text: files.authorityFile)
        options.set(MYSQL_OPT_SSL_CAPATH, text: files.authorityFolder)
        options.set(MYSQL_OPT_SSL_CERT, text: files.certificate)
        options.set(MYSQL_OPT_SSL_KEY, text: files.key)
        options.set(MARIADB_OPT_TLS_VERSION, text: "TLSv1.2,TLSv1.3")
        options.set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, flag: mode == .verifyIdentity)
        try options.check(server)
    }

    /// Checks again, after the guard, that a session that must be encrypted is.
    private static func checkEncryption(
        of handle: UnsafeMutablePointer<MYSQL>, mode: TLSOptions.Mode, server: ServerAddress
    ) throws(MySQLError) {
        switch mode {
        case .disabled, .preferred: return
        case .required, .verifyCA, .verifyIdentity: break
        }
        guard mysql_get_ssl_cipher(handle) != nil else {
            throw MySQLError(
                kind: .tls,
                message: "TLS mode \(mode.word) is asked for, "
                    + "but the server offers no TLS", server: server)
        }
    }

    /// Has the kernel detect a dead peer within two minutes, as a change has no read timeout.
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

/// Sets options of the client library, and remembers whether it accepted them all.
private struct ClientOptions {
    private let handle: UnsafeMutablePointer<MYSQL>
    private var areTaken = true

    init(_ handle: UnsafeMutablePointer<MYSQL>) { self.handle = handle }

    mutating func set(_ option: mysql_option, _ value: UInt32) {
        var value = value
        areTaken = mysql_options(handle, option, &value) == 0 && areTaken
    }

    mutating func set(_ option: mysql_option, flag: Bool) {
        var value: my_bool = flag ? 1 : 0
        areTaken = mysql_options(handle, option, &value) == 0 && areTaken
    }

    mutating func set(_ option: mysql_option, text: String?) {
        guard let text else { return }
        areTaken = mysql_options(handle, option, text) == 0 && areTaken
    }

    func check(_ server: ServerAddress) throws(MySQLError) {
        guard areTaken else {
            throw MySQLError(
                kind: .configuration, message: "the MySQL client library refuses an option",
                server: server)
        }
    }
}
