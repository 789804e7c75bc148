import Model
import Views

/// What a daemon answers instead of what was asked.
package struct AnsweredFailure: Error {
    package let problems: [Problem]
    package let status: ExitStatus

    /// - Parameter problems: at least one.
    package init(_ problems: [Problem], status: ExitStatus) {
        self.problems = problems
        self.status = status
    }
}
