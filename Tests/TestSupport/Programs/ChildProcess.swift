import Foundation
import Testing

/// The process of its own in which a test runs a part of itself.
package enum ChildProcess {
    /// Runs what the child does; an error becomes an issue of the test, and ends the child.
    ///
    /// Without this a child whose body throws ends by a trap, and nobody sees what was thrown.
    package static func run(
        at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) {
        do { try body() } catch {
            Issue.record(error, "a child process of the test failed", sourceLocation: location)
            exit(EXIT_FAILURE)
        }
    }
}
