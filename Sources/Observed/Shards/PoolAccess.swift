import MySQLClient
import Schema

extension ConnectionPool {
    /// Runs `body` with a connection for reading; failures are returned as `MySQLError`.
    ///
    /// - Parameter waits: where false, it fails instead of waiting for a connection.
    package func using<Value>(
        _ server: ServerAddress, purpose: Purpose = .read, waits: Bool = true,
        _ body: (Connection) throws(MySQLError) -> Value
    ) -> Result<Value, MySQLError> {
        do {
            return .success(
                try withConnection(to: server, purpose: purpose, waits: waits) { try body($0) })
        } catch let error as MySQLError {
            return .failure(error)
        } catch {
            return .failure(MySQLError(kind: .other, message: "\(error)", server: server))
        }
    }
}
