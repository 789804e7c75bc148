import Foundation
import MySQLClient

/// Runs `pt-online-schema-change` on the same table, for comparison.
struct OnlinePeer {
    let path: String
    let subject: OnlineSubject
    let folder: String

    /// Copies the table once, which stays as it is: its copy is dropped again.
    ///
    /// Throws where it ends with an error.
    func run() throws {
        guard case .socket(let socket) = subject.server else {
            throw BenchError("pt-online-schema-change is run over a socket")
        }
        let ended = try Program.run(
            path,
            [
                "--execute", "--alter", OnlineSubject.change, "--no-swap-tables",
                "--recursion-method=none", "--no-check-alter", "--no-version-check",
                "--progress=time,3600", "--charset=utf8mb4",
                "D=\(OnlineSubject.database),t=t,S=\(socket),u=root",
            ], in: folder, environment: ["HOME": folder])
        guard ended.status == 0, ended.output.contains("Successfully altered") else {
            throw BenchError(
                "pt-online-schema-change ended with \(ended.status):\n"
                    + ended.output.suffix(2_000))
        }
    }
}
