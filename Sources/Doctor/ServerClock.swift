import Execution
import MySQLClient
import Schema

/// A server's clock against this machine's.
struct ServerClock {
    let status: DoctorReport.Check.Status
    let message: String
    let remedy: String?

    private static let largestSkewSeconds: Int64 = 5

    /// Asks the server; nil where it does not say what time it is.
    init?(on connection: MySQLClient.Connection, _ clock: any Clock) throws(MySQLError) {
        let before = clock.now.secondsSince1970
        let answer = try connection.query("SELECT UNIX_TIMESTAMP()").first?[0].flatMap { Int64($0) }
        let after = clock.now.secondsSince1970
        guard let answer else { return nil }
        let skew = answer < before ? before - answer : max(0, answer - after)
        guard skew > Self.largestSkewSeconds else {
            status = .ok
            message = "clock within \(Self.largestSkewSeconds) s of this machine's"
            remedy = nil
            return
        }
        status = .warning
        message = "its clock is \(skew) s \(answer < before ? "behind" : "ahead of") this machine's"
        remedy = "let both follow a time server: windows and records go by the clock"
    }
}
