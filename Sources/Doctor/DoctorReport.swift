import Model

/// What `plumb doctor` says: every check with its result, whatever became of the others.
package struct DoctorReport: Codable, Hashable, Sendable {
    package var checks: [Check]
    package var exitStatus: ExitStatus

    package init(checks: [Check]) {
        self.checks = checks
        exitStatus = Self.status(checks)
    }

    /// One thing that was looked at.
    package struct Check: Codable, Hashable, Sendable {
        package enum Area: String, Codable, Sendable, CaseIterable {
            case `operator`, git, repository, secrets, server, databases, grants, profiles, ledger
        }

        package enum Status: String, Codable, Sendable, CaseIterable {
            case ok
            /// Plumb works, but less well or less safely than it could.
            case warning
            /// Plumb cannot do its work like this.
            case failed
            /// It could not be looked at.
            case unknown
        }

        package var area: Area
        /// What was looked at: a server, a file, a folder.
        package var subject: String
        package var status: Status
        package var message: String
        /// What to do about it; nil where nothing is to be done.
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

    private static func status(_ checks: [Check]) -> ExitStatus {
        var outcomes: [Outcome] = []
        if checks.contains(where: { $0.status == .failed }) { outcomes.append(.checkFailed) }
        if checks.contains(where: { $0.status == .unknown }) { outcomes.append(.checkUnknown) }
        return ExitStatus(outcomes)
    }
}
