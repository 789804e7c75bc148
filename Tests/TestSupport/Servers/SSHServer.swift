import Foundation

/// A private sshd on the loopback interface, with a host key and users' keys of its own.
package final class SSHServer {
    private let temporary: TemporaryFolder
    private let program: BackgroundProgram
    package let port: UInt16

    package var folder: String { temporary.path }
    /// Vouches for this server.
    package var knownHosts: String { folder + "/known_hosts" }
    /// May log in.
    package var key: String { folder + "/user" }
    /// May log in too, and is locked with a passphrase.
    package var lockedKey: String { folder + "/locked" }
    package static let passphrase = "open-sesame-4711"
    /// May not log in.
    package var strangersKey: String { folder + "/stranger" }

    package init() throws {
        temporary = try TemporaryFolder()
        port = try LoopbackPort.free()
        try Self.makeKeys(in: temporary)
        let folder = temporary.path
        try temporary.write(
            """
            ListenAddress 127.0.0.1:\(port)
            HostKey \(folder)/host
            HostKey \(folder)/ecdsa
            PidFile none
            AuthorizedKeysFile \(folder)/authorized
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            """, to: "config")
        // sshd separates its rights in this folder when root starts it.
        if getuid() == 0 { mkdir("/run/sshd", 0o755) }
        program = try BackgroundProgram(
            "/usr/sbin/sshd", ["-D", "-e", "-f", folder + "/config"])
        try writeKnownHosts()
    }

    package func url(_ path: String) -> String { "ssh://\(NSUserName())@127.0.0.1:\(port)\(path)" }

    private static func makeKeys(in temporary: TemporaryFolder) throws {
        let folder = temporary.path
        for (name, passphrase) in [
            ("host", ""), ("user", ""), ("stranger", ""), ("locked", passphrase),
            ("otherhost", ""),
        ] {
            try SSHKeys.make("\(folder)/\(name)", passphrase: passphrase, comment: name)
        }
        try SSHKeys.make("\(folder)/ecdsa", type: ["ecdsa"])
        let keys = try ["user", "locked"].map { try publicKey($0, in: folder) }
        try temporary.write(keys.joined(), to: "authorized")
    }

    package func publicKey(_ name: String) throws -> String {
        try Self.publicKey(name, in: folder)
    }

    private static func publicKey(_ name: String, in folder: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8)
    }

    /// Asks the server for its keys until it answers.
    private func writeKnownHosts() throws {
        for _ in 0..<500 {
            let answer = try Shell.run(
                "ssh-keyscan", ["-p", "\(port)", "127.0.0.1"])
            if answer.stdout.contains("ssh-ed25519") {
                try temporary.write(answer.stdout, to: "known_hosts")
                return
            }
            guard program.isRunning else { break }
            usleep(10_000)
        }
        throw TestSupportError("sshd did not start on port \(port)")
    }
}
