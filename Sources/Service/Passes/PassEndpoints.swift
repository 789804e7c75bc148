import Reports
import Views

/// What the last pass of a daemon found.
package enum PassEndpoints {
    package static let plan = Endpoint(
        "plan.latest", .get, "/plan", .read,
        summary: "what would change, as the last pass found it", formats: Answer.ofReports,
        document: .described("plan")
    ) { _, session in .plan(try found(\.plan, session)) }

    package static let drift = Endpoint(
        "drift.latest", .get, "/drift", .read,
        summary: "what differs between git, the record and the live shards, as the last pass "
            + "found it", formats: Answer.ofReports, document: .described("drift")
    ) { _, session in .drift(try found(\.drift, session)) }

    package static let fleet = Endpoint(
        "fleet.latest", .get, "/fleet", .read,
        summary: "every shard with its server and state, as the last pass found it",
        formats: [.text, .json], document: .other
    ) { _, session in
        let report = try found(\.fleet, session)
        return Answer(formats: [.text, .json]) { format, presentation in
            format == .json
                ? JSONView.fleet(report) + "\n" : FleetText.text(report, style: presentation.style)
        }
    }

    private static func found<Report>(
        _ report: KeyPath<FoundByDaemon, Report?>, _ session: ServiceSession
    ) throws(NothingFoundYet) -> Report {
        if let report = session.found?[keyPath: report] { return report }
        throw NothingFoundYet(environment: session.ledger.environment.name)
    }
}
