import MySQLClient
import Observed
import Schema

/// Lists scratch databases that interrupted runs left on a server, and databases that merely have
/// such a name.
struct WorkspaceExamination {
    private(set) var checks: [DoctorReport.Check] = []

    init(
        server: ServerAddress, prefix: String, on connection: MySQLClient.Connection
    ) throws(MySQLError) {
        for leftOver in try Workspace.leftOvers(on: connection, prefix: prefix) {
            let name = SQL.identifier(leftOver.name)
            let drop = "if nobody needs it: DROP DATABASE \(name)"
            switch leftOver.state {
            case .marked:
                add(
                    server, .ok,
                    "scratch database \(name) is left of a run that died: the next plan that uses "
                        + "this server drops it")
            case .unmarked(isEmpty: true):
                add(
                    server, .warning,
                    "database \(name) is named like a scratch database, without Plumb's mark, and "
                        + "nothing is seen in it: a run may have died before it set the mark; "
                        + "Plumb never drops it", drop)
            case .unmarked(isEmpty: false):
                add(
                    server, .warning,
                    "database \(name) is named like a scratch database, without Plumb's mark: "
                        + "Plumb never drops it, and takes it for no shard",
                    "set another `prefix` in `workspace`; \(drop)")
            }
        }
    }

    private mutating func add(
        _ server: ServerAddress, _ status: DoctorReport.Check.Status, _ message: String,
        _ remedy: String? = nil
    ) {
        checks.append(
            DoctorReport.Check(.databases, server.description, status, message, remedy: remedy))
    }
}
