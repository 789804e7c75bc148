import Schema

extension PlanStep {
    /// The most statements of a step, and the most bytes of all of them.
    package static let statementLimit = 4096
    package static let sizeLimit = 64 << 20

    /// Checks a step that was made before and comes back from outside, such as the ledger, before
    /// it is carried out on `shard`: what cannot be known to do what it says is refused whole.
    ///
    /// Each statement is read as every supported server would read it, and must be the one that
    /// leads its table from one digest of the step to the next, and names no other database.
    ///
    /// - Parameter allowing: what only the operator's file allows.
    package func validate(
        on shard: ShardID, allowing: StatementText.Permissions = .init(directories: true)
    ) throws(PlanInvalid) {
        let place = "the step of \(namespace)/\(shard.shard)/\(object.encoded)"
        do throws(PlanInvalid) {
            try validate(allowing)
            guard namespace == shard.namespace, shards == [shard.shard] else {
                throw PlanInvalid(reason: "it is about \(shardIDs.map(\.description))")
            }
        } catch {
            throw PlanInvalid(reason: "\(place): \(error.reason)")
        }
    }

    private func validate(_ allowing: StatementText.Permissions) throws(PlanInvalid) {
        try Plan.validate(self, at: 0)
        guard statements.count <= Self.statementLimit,
            statements.reduce(0, { $0 + $1.sql.utf8.count }) <= Self.sizeLimit
        else { throw PlanInvalid(reason: "it is larger than any that is made") }
        guard hazard >= findings.worst else {
            throw PlanInvalid(reason: "it is less of a hazard than what was found")
        }
        try validateQuestions()
        var walk = StepWalk(self)
        for (number, statement) in statements.enumerated() {
            let fault: String?
            do throws(SchemaError) {
                let sent = try SentStatement.read(statement.sql, allowing: allowing)
                fault = walk.fault(of: sent, statement)
            } catch {
                fault = "cannot be sent: \(error.message)"
            }
            if let fault { throw PlanInvalid(reason: "statement \(number + 1) \(fault)") }
        }
        if let fault = walk.faultAtEnd { throw PlanInvalid(reason: fault) }
    }

    /// What rows are asked is sent, too.
    private func validateQuestions() throws(PlanInvalid) {
        for question in findings.compactMap({ $0.probe?.question }) {
            if let fault = ReadOnlyQuery.fault(question.sql) {
                throw PlanInvalid(reason: "a question to the rows \(fault)")
            }
        }
    }
}

/// The objects of a step on their way through its statements.
private struct StepWalk {
    /// A table or other object of the step, as it is called and stands just now.
    private struct Stand {
        let member: PlanMember
        var name: ObjectName
        var digest: Digest?
    }

    private let isGroup: Bool
    private var stands: [Stand]

    init(_ step: PlanStep) {
        isGroup = step.isGroup
        stands = step.tables.map {
            Stand(member: $0, name: $0.renamedFrom ?? $0.object, digest: $0.from)
        }
    }

    /// What is wrong with a statement, as the end of a sentence; nil where it brings its object
    /// to the digest that the step says.
    mutating func fault(of sent: SentStatement, _ statement: PlanStatement) -> String? {
        guard let place = stands.firstIndex(where: { Self.isOne($0.name, sent.object) }) else {
            return "is about the \(sent.object), which is not of the step"
        }
        let (before, member) = (stands[place].digest, stands[place].member)
        let after = after(statement, of: member, before)
        if let name = sent.newName {
            guard member.renamedFrom != nil, name.lowercased() == member.object.name.lowercased()
            else { return "gives its table the name `\(name)`" }
            stands[place].name = member.object
        }
        stands[place].digest = after
        let kind = member.object.kind
        // A name that goes or comes is written anew in the foreign keys of others.
        for change in statement.tables ?? [] where isGroup && change.object != member.object {
            guard let other = stands.firstIndex(where: { $0.member.object == change.object }),
                stands[other].digest != nil, change.digest != nil
            else { return "is said to make or drop another table" }
            stands[other].digest = change.digest
        }
        if kind == .table, before != nil, after == nil, member.to != nil {
            return "takes a table away on the way"
        }
        guard !sent.hasSettings || kind != .table && kind != .sequence else {
            return "sets a mode of the session"
        }
        if sent.verb == .alter, kind == .sequence, sent.object.kind == .table {
            guard sent.changesOptionsOnly else { return "changes a sequence as if it were a table" }
        }
        let fits: Set<SentStatement.Verb> =
            switch (before, after) {
            case (nil, nil): []
            case (nil, _?): kind == .table || kind == .sequence ? [.create] : [.create, .replace]
            case (_?, nil): [.drop]
            case (_?, _?): kind == .table || kind == .sequence ? [.alter] : [.replace]
            }
        guard fits.contains(sent.verb) else {
            return "is to \(sent.verb.rawValue) the \(sent.object), which the step does not say"
        }
        return nil
    }

    /// The digest of a member once a statement has run.
    private func after(
        _ statement: PlanStatement, of member: PlanMember, _ before: Digest?
    ) -> Digest? {
        guard isGroup else { return statement.after }
        let own = (statement.tables ?? []).first { $0.object == member.object }
        return own.map(\.digest) ?? before
    }

    /// What is wrong once all statements have run; nil where nothing is.
    var faultAtEnd: String? {
        for stand in stands where stand.digest != stand.member.to {
            return "it does not bring the \(stand.member.object) to its own digest"
        }
        for stand in stands where stand.member.to != nil && stand.name != stand.member.object {
            return "it does not give the \(stand.member.object) its name"
        }
        return nil
    }

    /// Servers that compare names without letter case make an object as git writes it. A sequence
    /// is a table to some statements.
    private static func isOne(_ own: ObjectName, _ named: ObjectName) -> Bool {
        guard own.name.lowercased() == named.name.lowercased() else { return false }
        return own.kind == named.kind || own.kind == .sequence && named.kind == .table
    }
}
