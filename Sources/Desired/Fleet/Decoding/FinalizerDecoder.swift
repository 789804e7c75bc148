import Schema

enum FinalizerKey: String, FleetKey {
    static let title = "finalizer"
    static let what = "a finalizer"
    case exec, sql, on, idempotent, timeout
}

/// Decodes the `finalizer` of a namespace.
struct FinalizerDecoder {
    let reader: NodeReader

    func finalizer(_ node: YAMLNode, _ what: String) -> Finalizer? {
        guard let fields = reader.fields(node, FinalizerKey.self) else { return nil }
        let isIdempotent = fields.read(.idempotent, reader.boolean)
        let limit = fields.read(.timeout) {
            reader.durationSeconds($0, $1, in: 1...Finalizer.mostSeconds)
        }
        guard let work = work(fields) else { return nil }
        return Finalizer(
            work: work, isIdempotent: isIdempotent ?? false,
            limitSeconds: limit ?? Finalizer.standardLimitSeconds, location: node.location)
    }

    private func work(_ fields: Fields<FinalizerKey>) -> Finalizer.Work? {
        if fields[.exec] != nil {
            for key in [FinalizerKey.sql, .on] {
                guard let node = fields[key] else { continue }
                return reader.invalid(
                    node, "a finalizer has `exec` and `\(key.rawValue)`",
                    "write `exec`, or `sql` and `on`")
            }
            return fields.read(.exec, reader.command).map(Finalizer.Work.program)
        }
        let isBare = fields[.sql] == nil && fields[.on] == nil
        for key in [FinalizerKey.sql, .on] where fields[key] == nil {
            reader.diagnostics.error(
                .missingKey,
                "a finalizer has no `\(isBare ? "exec" : key.rawValue)`"
                    + (isBare ? " and no `sql`" : ""),
                remedy: isBare
                    ? "add `exec`, or `sql` and `on`" : "add the key `\(key.rawValue)`",
                at: fields.location)
            if isBare { return nil }
        }
        let call = fields.read(.sql) { node, what -> ProcedureCall? in
            guard let text = reader.string(node, what) else { return nil }
            do throws(ProcedureCall.Fault) {
                return try ProcedureCall(text)
            } catch {
                return reader.invalid(
                    node, "\(what) \(error.message)",
                    "write one call, such as `CALL routing.publish('commerce', 3)`")
            }
        }
        let server = fields.read(.on, reader.server)
        guard let call, let server, let place = fields[.on]?.location else { return nil }
        return .call(call, on: Located(server, at: place))
    }
}
