import TestSupport
import Testing

/// The `MySQLError` that `body` throws; nil when it throws nothing.
func mysqlError(
    at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> MySQLError? {
    caught(at: location, body)
}
