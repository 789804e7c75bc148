import Foundation

extension TestServer {
    /// The servers that the schema language is tested on.
    package enum Kind: String, CaseIterable, Sendable, CustomStringConvertible {
        case mariadb1011 = "mariadb-10.11"
        case mariadb118 = "mariadb-11.8"
        case mysql9 = "mysql-9"

        package var description: String { rawValue }

        package var flavour: ServerProfile.Flavour { self == .mysql9 ? .mysql : .mariadb }

        /// The folder that the server runs in by chroot; nil where the machine itself has it.
        var system: String? {
            switch self {
            case .mariadb1011: nil
            case .mariadb118, .mysql9: "\(Self.home)/\(rawValue)"
            }
        }

        /// Where `make servers` puts what Debian 12 does not have.
        private static let home: String = {
            let environment = ProcessInfo.processInfo.environment
            func value(_ name: String) -> String? {
                environment[name].flatMap { $0.isEmpty ? nil : $0 }
            }
            let cache = value("XDG_CACHE_HOME") ?? (value("HOME") ?? "/root") + "/.cache"
            return value("PLUMB_SERVERS") ?? cache + "/plumb/servers"
        }()

        /// Whether its template is there, the last thing that `make servers` makes.
        fileprivate var isFetched: Bool {
            guard let system else { return true }
            return getuid() == 0 && access(system + "/template", R_OK) == 0
        }
    }

    /// The servers that this machine has: MariaDB 10.11, and what `make servers` fetched.
    package static let available: [Kind] = {
        let kinds = Kind.allCases.filter(\.isFetched)
        print("servers used: \(kinds.map(\.description).joined(separator: ", "))")
        return kinds
    }()
}

extension TestServer.Kind {
    /// The program, with what has to stand before its own arguments.
    func command() throws -> [String] {
        guard let system else { return [try ServerTemplate.executable()] }
        let program = self == .mysql9 ? "/usr/sbin/mysqld" : "/usr/sbin/mariadbd"
        return ["/usr/sbin/chroot", system, program]
    }

    /// Copies a freshly made data folder to `path`.
    ///
    /// - Parameter options: the server's own; MySQL keeps to how names are compared from the first
    ///   moment on.
    func copyTemplate(to path: String, options: [String]) throws {
        guard let system else { return try ServerTemplate.copy(to: path) }
        let names = options.last { $0.hasPrefix("--lower-case-table-names=") }
        if self == .mysql9, let names, !names.hasSuffix("=0") {
            let inside = path.dropFirst(system.count)
            let command = try command()
            try Shell.check(
                command[0],
                command.dropFirst() + [
                    "--no-defaults", "--initialize-insecure", "--user=root", "--datadir=\(inside)",
                    names, "--innodb-redo-log-capacity=8M",
                ])
            return
        }
        try Shell.check("cp", ["-a", "--reflink=auto", system + "/template", path])
    }

    var options: [String] {
        switch self {
        case .mariadb1011: ServerTemplate.options + Self.speed + Self.mariadb + Self.debian
        case .mariadb118: ["--user=root", "--innodb-log-file-size=8M"] + Self.speed + Self.mariadb
        case .mysql9: Self.speed + Self.mysql
        }
    }

    /// Options that trade safety for speed: nothing in a test outlives the machine.
    private static let speed = [
        "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--skip-log-bin",
        "--innodb-buffer-pool-size=64M", "--table-definition-cache=20000", "--innodb-doublewrite=0",
        "--innodb-flush-method=nosync",
        "--key-buffer-size=1M", "--max-connections=200", "--skip-name-resolve",
        "--innodb-fast-shutdown=2", "--innodb-use-native-aio=0",
    ]

    private static let mariadb = ["--aria-pagecache-buffer-size=8M"]

    /// The program looks for a folder of its package, and opens a second socket.
    private static let mysql = [
        "--user=root", "--innodb-redo-log-capacity=8M", "--secure-file-priv=NULL", "--mysqlx=OFF",
    ]

    /// What Debian's own configuration sets; the program's built-in default is latin1.
    private static let debian = [
        "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci",
    ]
}
