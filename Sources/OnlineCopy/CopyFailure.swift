import Basics
import MySQLClient

/// Why a copy does not go on.
package enum CopyFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The server refused something, or is lost; going on later may help.
    case server(MySQLError)
    /// The log cannot be read just now; going on from the recorded place later may help.
    case interrupted(String)
    /// It will never go on as it is; the table is as it was.
    case stopped(String)
    /// The definition of the table, or of its copy, is another one than it was.
    case moved(String)

    package var description: String {
        switch self {
        case .server(let error): "\(error)"
        case .interrupted(let reason), .stopped(let reason), .moved(let reason): reason
        }
    }
}

extension CopyFailure {
    /// Runs `body`, with what the server says in place of its error.
    package static func of<Result>(
        _ body: () throws(MySQLError) -> Result
    ) throws(CopyFailure) -> Result {
        do throws(MySQLError) {
            return try body()
        } catch {
            throw .server(error)
        }
    }
}
