import Schema

enum HealthKey: String, FleetKey {
    static let title = "health"
    static let what = "`health`"
    case query, expect, exec, timeout, each
}

/// Decodes `policy.rollout.health`.
struct HealthDecoder {
    let reader: NodeReader

    func health(_ node: YAMLNode) -> HealthCheck? {
        guard let fields = reader.fields(node, HealthKey.self) else { return nil }
        let each = fields.read(.each) { reader.durationSeconds($0, $1, in: 1...3_600) }
        guard let question = fields[.exec] == nil ? query(fields) : command(fields) else {
            return nil
        }
        var check = HealthCheck(question, eachSeconds: each ?? HealthCheck.standardEachSeconds)
        check.location = node.location
        return check
    }

    private func command(_ fields: Fields<HealthKey>) -> HealthCheck.Question? {
        let command = fields.read(.exec, reader.command)
        let limit = fields.read(.timeout) {
            reader.durationSeconds($0, $1, in: 1...HealthCheck.mostLimitSeconds)
        }
        for key in [HealthKey.query, .expect] {
            guard let node = fields[key] else { continue }
            return reader.invalid(
                node, "`health` has `exec` and `\(key.rawValue)`",
                "write `exec`, or `query` and `expect`")
        }
        return command.map {
            .command($0, limitSeconds: limit ?? HealthCheck.standardLimitSeconds)
        }
    }

    private func query(_ fields: Fields<HealthKey>) -> HealthCheck.Question? {
        for key in [HealthKey.query, .expect] where fields[key] == nil {
            let isBare = fields[.query] == nil && fields[.expect] == nil
            reader.diagnostics.error(
                .missingKey,
                "`health` has no `\(key.rawValue)`" + (isBare ? " and no `exec`" : ""),
                remedy: "add the key `\(key.rawValue)`" + (isBare ? ", or `exec`" : ""),
                at: fields.location)
            if isBare { return nil }
        }
        if let node = fields[.timeout] {
            return reader.invalid(
                node, "`timeout` is of `exec`, and `health` has none",
                "leave it out: a query has ten seconds")
        }
        let query = fields.read(.query) { node, what -> String? in
            guard let query = reader.string(node, what) else { return nil }
            guard let fault = ReadOnlyQuery.fault(query) else { return query }
            return reader.invalid(
                node, "\(what) \(fault)", "write one SELECT that only reads")
        }
        let expected = fields.read(.expect) { node, what -> HealthCheck.Expectation? in
            guard let text = reader.string(node, what) else { return nil }
            if let expected = HealthCheck.Expectation(text) { return expected }
            return reader.invalid(
                node, "\(what) is `\(text)`, which is no comparison",
                "write `= 0`, `!= down` or `<= 5`, in quotes")
        }
        guard let query, let expected else { return nil }
        return .query(query, expected: expected)
    }
}
