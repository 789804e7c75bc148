import Foundation

/// A freshly installed data folder, made once per user and server version, then only copied.
enum ServerTemplate {
    /// Options that the data folder itself depends on.
    static let options =
        ["--innodb-log-file-size=8M", "--aria-log-file-size=8M"]
        + (getuid() == 0 ? ["--user=root"] : [])

    /// Copies the template to `path`, making it first if this user has none for this version.
    static func copy(to path: String) throws {
        let template = try Self.template.get()
        try Shell.check("cp", ["-a", "--reflink=auto", template, path])
    }

    /// The path of the server's program.
    static func executable() throws -> String {
        try found("mariadbd", inPackage: "mariadb-server-core")
    }

    private static let template = Result { try make() }

    private static func make() throws -> String {
        let version = try Shell.check(executable(), ["--no-defaults", "--version"])
        let key = Digest(of: version + options.joined(separator: " ")).short
        let home = "\(TemporaryFolder.base)/plumb-mariadb-\(getuid())"
        let ready = "\(home)/\(key)"
        if access(ready, F_OK) == 0 { return ready }
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let work = "\(home)/\(key)-\(getpid())"
        try Shell.check(
            found("mariadb-install-db", inPackage: "mariadb-server-core"),
            [
                "--no-defaults", "--datadir=\(work)", "--auth-root-authentication-method=normal",
                "--skip-test-db", "--skip-log-bin", "--innodb-flush-method=nosync",
                // It refuses a machine that cannot look up its own name.
                "--force",
            ] + options)
        // Whoever renames first wins; all make the same.
        if rename(work, ready) != 0 {
            try FileManager.default.removeItem(atPath: work)
            guard access(ready, F_OK) == 0 else {
                throw TestSupportError("cannot keep the data folder template in \(home)")
            }
        }
        return ready
    }

    private static func found(_ program: String, inPackage package: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin"]
        let candidates = folders.map { "\($0)/\(program)" }
        guard let file = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw TestSupportError("\(program) is missing: install Debian's package \(package)")
        }
        return file
    }
}
