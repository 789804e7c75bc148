import Desired
import Reconciler

/// Checks whether an operator's file is in force, and which accounts are used for what.
struct AccountExamination {
    private(set) var checks: [DoctorReport.Check] = []

    init(
        access: ServerAccess, request: PassRequest, environment: Desired.Environment,
        places: SecretPlaces
    ) {
        examine(request.operator)
        for connection in access.connections {
            checks += SecretsExamination(connection: connection, places: places).checks
            examine(connection, environment.name)
        }
    }

    private mutating func examine(_ rules: Operator?) {
        guard let rules else {
            checks.append(
                .init(
                    .operator, OperatorFile.standardPath, .ok,
                    "no operator's file: plumb.yaml alone says which servers are reached, by "
                        + "which accounts and under which policy, so whoever may merge decides "
                        + "that; who gives an approval is not checked (one person with one folder "
                        + "needs no more)"))
            return
        }
        let follow = rules.follow.map { "the branch `\($0)` is followed" }
        checks.append(
            .init(
                .operator, rules.file, .ok,
                "has the last word; \(follow ?? "no branch is named to follow"); approvals are "
                    + rules.approvals.identity.rawValue))
    }

    private mutating func examine(_ connection: ConnectionConfiguration, _ environment: String) {
        func say(
            _ status: DoctorReport.Check.Status, _ message: String, _ remedy: String? = nil
        ) {
            checks.append(.init(.grants, environment, status, message, remedy: remedy))
        }
        switch (connection.read, connection.workspace) {
        case (nil, nil):
            say(
                .ok,
                "one account does everything: `plan` and `drift` log in with the account that "
                    + "changes shards; `read` and `workspace` can name others")
        case (nil, .some):
            say(
                .warning,
                "`plan` and `drift` look at shards with the account that changes them",
                "name an account under `read`")
        case (.some, nil):
            say(
                .warning,
                "workspaces are made by the account of `read`, which therefore needs rights to "
                    + "make databases", "name an account under `workspace`")
        case (.some, .some): break
        }
    }
}
