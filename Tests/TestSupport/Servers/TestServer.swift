import Foundation

/// The server that every test may count on: MariaDB 10.11, as Debian 12 has it.
package typealias MariaDBServer = TestServer

/// A private server in a temporary folder, killed with the test process at the latest.
package final class TestServer: @unchecked Sendable {
    package let kind: Kind
    /// The Unix socket it listens on.
    package let address: ServerAddress
    /// Where it listens on the loopback interface, if asked to.
    package let tcpAddress: ServerAddress?
    package let folder: TemporaryFolder

    private var options: [String]
    // Sendable: what changes is behind this lock.
    private let process = Lock<Running?>(nil)
    private let databases = Lock<Int>(0)

    /// A server process and the watcher that kills it when the test process ends.
    private struct Running {
        let server: pid_t
        let watcher: pid_t
        /// The watcher's standard input: closed by the kernel when this process ends.
        let lifeline: Int32
    }

    // One each, so that a test waits for no server but its own.
    private static let mariadb1011 = Result { try start() }
    private static let mariadb118 = Result { try start(.mariadb118) }
    private static let mysql9 = Result { try start(.mysql9) }

    /// The one server of this test process: use a database of your own on it, change no settings.
    package static var shared: TestServer {
        get throws { try shared(.mariadb1011) }
    }

    /// The one server of a kind in this test process, as ``shared``.
    package static func shared(_ kind: Kind) throws -> TestServer {
        switch kind {
        case .mariadb1011: try mariadb1011.get()
        case .mariadb118: try mariadb118.get()
        case .mysql9: try mysql9.get()
        }
    }

    /// Starts a server for a test that stops, kills or configures it.
    ///
    /// - Parameter certificate: what it shows over TLS; it may live in a folder of its own.
    package static func start(
        _ kind: Kind = .mariadb1011, options: [String] = [], listensOnTCP: Bool = false,
        certificate: Certificates.Pair? = nil
    ) throws -> TestServer {
        let server = try TestServer(
            kind, options: options, port: listensOnTCP ? try LoopbackPort.free() : nil)
        try server.show(certificate)
        try server.launch()
        return server
    }

    private init(_ kind: Kind, options: [String], port: UInt16?) throws {
        self.kind = kind
        folder = try kind.system.map { try TemporaryFolder(in: $0 + "/data") } ?? TemporaryFolder()
        self.options = options
        address = .socket(path: folder.path + "/m.sock")
        tcpAddress = port.map { .tcp(host: "127.0.0.1", port: $0) }
        try kind.copyTemplate(to: folder.path + "/data", options: options)
    }

    deinit {
        end(signal: SIGKILL)
    }

    /// Puts the certificate where the server finds it.
    private func show(_ certificate: Certificates.Pair?) throws {
        guard let certificate else { return }
        for (option, file) in [("cert", certificate.certificate), ("key", certificate.key)] {
            let copy = "\(folder.path)/shown.\(option)"
            try Shell.check("cp", [file, copy])
            options.append("--ssl-\(option)=\(copy.dropFirst(kind.system?.count ?? 0))")
        }
    }

    /// Settings that log in as the administrator.
    package var settings: ConnectionSettings {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return settings
    }

    package func connect(database: String? = nil) throws -> Connection {
        try Connection(to: address, settings: settings, database: database)
    }

    /// Makes an empty database with a name no other test has.
    package func freshDatabase(_ options: String = "") throws -> String {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        let name = "test_\(getpid())_\(number)"
        let connection = try connect()
        try connection.execute("CREATE DATABASE \(SQL.identifier(name)) \(options)")
        return name
    }

    /// Shuts the server down in order.
    package func stop() {
        end(signal: SIGTERM)
    }

    /// Kills the server as a crash would.
    package func kill() {
        end(signal: SIGKILL)
    }

    /// Starts it again on the same data, address and options, ending it first if it runs.
    package func restart() throws {
        end(signal: SIGTERM)
        try launch()
    }

    /// The end of the server's error log.
    package var logTail: String {
        let text = (try? String(contentsOfFile: folder.path + "/error.log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(20).joined(separator: "\n")
    }

    private func launch() throws {
        // What the server itself calls the folder.
        let inside = folder.path.dropFirst(kind.system?.count ?? 0)
        var arguments = [
            "--no-defaults", "--datadir=\(inside)/data", "--socket=\(inside)/m.sock",
            "--pid-file=\(inside)/pid", "--tmpdir=\(inside)",
        ]
        if case .tcp(let host, let port)? = tcpAddress {
            arguments += ["--bind-address=\(host)", "--port=\(port)"]
        } else {
            arguments.append("--skip-networking")
        }
        arguments += kind.options + options
        let log = folder.path + "/error.log"
        let flags = O_WRONLY | O_CREAT | O_APPEND
        let command = try kind.command()
        let server = try Shell.spawn(
            command[0], command.dropFirst() + arguments,
            descriptors: [(0, "/dev/null", O_RDONLY), (1, log, flags), (2, log, flags)])
        let running = try watch(server)
        process.withLock { $0 = running }
        try waitUntilReady(server)
    }

    /// Starts a shell that outlives this process only to end the server and remove its folder.
    private func watch(_ server: pid_t) throws -> Running {
        let ends = try Shell.pipe()
        defer { close(ends.reading) }
        // Again and again: a server that is being killed can still make a file.
        let script = """
            trap '' INT TERM HUP; read -r line; kill -9 "$1"
            for attempt in 1 2 3 4 5; do rm -rf "$2"; sleep 0.2; done
            """
        let watcher = try Shell.spawn(
            "/bin/sh", ["-c", script, "watcher", "\(server)", folder.path],
            descriptors: [(1, "/dev/null", O_WRONLY), (2, "/dev/null", O_WRONLY)],
            duplicates: [(from: ends.reading, to: 0)])
        return Running(server: server, watcher: watcher, lifeline: ends.writing)
    }

    private func waitUntilReady(_ server: pid_t) throws {
        let limit = Date().addingTimeInterval(60)
        while true {
            do {
                return try connect().close()
            } catch {
                if let status = Shell.ended(server) {
                    forget()
                    throw TestSupportError("\(kind) ended with status \(status)\n\(logTail)")
                }
                guard Date() < limit else {
                    end(signal: SIGKILL)
                    throw TestSupportError("\(kind) is not ready: \(error)\n\(logTail)")
                }
            }
            usleep(10_000)
        }
    }

    private func end(signal: Int32) {
        if let server = process.withLock({ $0?.server }) {
            Glibc.kill(server, signal)
            Shell.wait(for: server)
        }
        forget()
    }

    /// Ends the watcher first, so that it never kills a process number that was given anew.
    private func forget() {
        let ended = process.withLock { running in
            defer { running = nil }
            return running
        }
        guard let ended else { return }
        Glibc.kill(ended.watcher, SIGKILL)
        Shell.wait(for: ended.watcher)
        close(ended.lifeline)
    }
}
