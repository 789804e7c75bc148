import Model

/// The report of `plumb doctor`: every check with its result.
package struct DoctorReport: Codable, Hashable, Sendable {
    package var checks: [Check]
    package var exitStatus: ExitStatus

    package init(checks: [Check]) {
        self.checks = checks
        exitStatus = Self.status(checks)
    }

    /// One thing that was checked.
    package struct Check: Codable, Hashable, Sendable {
        /// The parts of the set-up, in the order in which they are checked and listed.
        package enum Area: String, Codable, Sendable, CaseIterable {
            case `operator`, git, repository, secrets, server, databases, grants, profiles, ledger
        }

        /// The result of a check.
        package enum Status: String, Codable, Sendable, CaseIterable {
            case ok
            /// Plumb works, but more slowly or less safely than it could.
            case warning
            /// Plumb cannot work until it is corrected.
            case failed
            /// It could not be checked.
            case unknown
        }

        package var area: Area
        /// What was checked: a server, a file, a folder.
        package var subject: String
        package var status: Status
        /// The result, as a sentence.
        package var message: String
        /// What to do about it; nil where nothing needs to be done.
        package var remedy: String?

        package init(
            _ area: Area, _ subject: String, _ status: Status, _ message: String,
            remedy: String? = nil
        ) {
            self.area = area
            self.subject = subject
            self.status = status
            self.message = message
            self.remedy = remedy
        }
    }

    /// What the checks mean for the exit status.
    private static func status(_ checks: [Check]) -> ExitStatus {
        var outcomes: [Outcome] = []
        if checks.contains(where: { $0.status == .failed }) { outcomes.append(.checkFailed) }
        if checks.contains(where: { $0.status == .unknown }) { outcomes.append(.checkUnknown) }
        return ExitStatus(outcomes)
    }
}
