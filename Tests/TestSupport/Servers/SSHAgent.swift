import Foundation

/// A private ssh-agent, which ends with this value.
package final class SSHAgent {
    package let socket: String
    private let program: BackgroundProgram

    /// Returns when it answers.
    package init(socket: String) throws {
        self.socket = socket
        program = try BackgroundProgram("ssh-agent", ["-D", "-a", socket])
        for _ in 0..<500 {
            // 1: it answers, and has no key yet; 2: nobody answers.
            if try list().status == 1 { return }
            guard program.isRunning else { break }
            usleep(10_000)
        }
        throw TestSupportError("ssh-agent did not start")
    }

    /// Hands it a private key without a passphrase.
    package func add(_ key: String) throws {
        try Shell.check("env", ["SSH_AUTH_SOCK=\(socket)", "ssh-add", "-q", key])
    }

    private func list() throws -> Shell.Output {
        try Shell.run("env", ["SSH_AUTH_SOCK=\(socket)", "ssh-add", "-l"])
    }
}
