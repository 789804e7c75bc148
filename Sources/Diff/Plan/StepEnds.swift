import Schema

/// Whether the statements of a step lead from one known definition to another: what can be diffed
/// exactly is diffed again.
///
/// Which clauses an `ALTER TABLE` needs also depends on hints, on the server and on other tables,
/// so a statement is read back and applied to the model of the table: what it leads to must be
/// what the step says, and a column that both ends have as it is, and not computed, is not dropped
/// on the way.
struct StepEnds {
    let step: PlanStep
    /// The canonical text of a definition; nil where it is not known.
    let text: (Digest) -> String?

    /// Why the step does not lead from its first definition to its last, as the end of a sentence;
    /// nil where nothing speaks against it, or not both are known.
    var fault: String? {
        switch step.object.kind {
        case .table: return step.tables.lazy.compactMap { fault(of: $0) }.first
        case .sequence: return sequenceFault
        case .view, .trigger, .procedure, .function, .event: return objectFault
        }
    }

    /// Which server a text is of is not written in it.
    private static let flavours: [ServerProfile.Flavour] = [.mariadb, .mysql]

    // MARK: Tables

    private func fault(of member: PlanMember) -> String? {
        guard let to = member.to.flatMap(text) else { return nil }
        let names = Set(
            [member.object, member.renamedFrom ?? member.object].map {
                $0.name.lowercased()
            })
        let own = step.statements.filter { statement in
            guard let sent = try? SentStatement.read(statement.sql) else { return true }
            return names.contains(sent.object.name.lowercased())
        }
        if member.from == nil { return creationFault(of: own, to) }
        guard let from = member.from.flatMap(text) else { return nil }
        return alterationFault(of: own, from, to)
    }

    /// A table is made as it is wanted; what it gets later, in a step about several, is altered.
    private func creationFault(of own: [PlanStatement], _ to: String) -> String? {
        guard let first = own.first, own.count == 1 else { return nil }
        for flavour in Self.flavours {
            let wanted = CatalogTable(canonicalText: to, flavour: flavour)
            var made = CatalogTable(canonicalText: first.sql, flavour: flavour).table
            guard let table = wanted.table else { continue }
            if made != nil { made?.name = table.name }
            if let made, made.isEquivalent(to: table) { return nil }
            if first.sql == wanted.createStatement(flavour: flavour) { return nil }
        }
        return Self.models(of: to).isEmpty ? nil : "makes another table than the step says"
    }

    private func alterationFault(
        of own: [PlanStatement], _ from: String, _ to: String
    ) -> String? {
        let kept = Self.storedColumns(of: from).intersection(Self.storedColumns(of: to))
        for statement in own {
            guard let sent = try? SentStatement.read(statement.sql),
                let column = sent.droppedColumns.intersection(kept).min()
            else { continue }
            return "drops the column `\(column)`, which stays"
        }
        // Which server the texts are of is not known: one reading that fits is enough.
        let faults = Self.flavours.compactMap { flavour -> String?? in
            guard let before = CatalogTable(canonicalText: from, flavour: flavour).table,
                let after = CatalogTable(canonicalText: to, flavour: flavour).table
            else { return nil }
            return AlterationReader(flavour: flavour, target: after)
                .fault(of: own.map(\.sql), from: before)
        }
        return faults.contains(nil) ? nil : faults.first ?? nil
    }

    /// The names of columns with values of their own, in lower case; none where the text is not
    /// understood.
    private static func storedColumns(of text: String) -> Set<String> {
        let columns = models(of: text).flatMap(\.columns)
        return Set(columns.filter { $0.generated == nil }.map { $0.name.lowercased() })
    }

    /// The table that a text describes, as each server that understands it does.
    private static func models(of text: String) -> [Table] {
        Self.flavours.compactMap {
            CatalogTable(canonicalText: text, flavour: $0).table
        }
    }

    // MARK: Other objects

    private func definition(_ digest: Digest?) -> ObjectDefinition? {
        digest.flatMap(text).flatMap { ObjectDefinition(text: $0) }
    }

    private var sequenceFault: String? {
        guard let to = definition(step.to) else { return nil }
        let texts: [String]
        if step.from == nil {
            texts = [to.create]
        } else {
            guard let from = definition(step.from), let change = SequenceChange(from: from, to: to)
            else { return nil }
            texts = change.steps.map(\.sql)
        }
        return step.statements.map(\.sql) == texts ? nil : Self.otherwise
    }

    private var objectFault: String? {
        guard let to = definition(step.to), let last = step.statements.last else { return nil }
        let texts = to.replacement(of: to, flavour: .mariadb) + [to.create]
        let sent = String(CreationSettings.split(last.sql).rest)
        let isSame = texts.contains { $0 == sent || to.withoutUnparsableClause($0) == sent }
        return isSame ? nil : Self.otherwise
    }

    private static let otherwise = "makes something else than the step says"
}

extension PlanStep {
    /// Checks that the statements lead from one end to the other, where both are known.
    ///
    /// - Parameter text: the canonical text of a definition; nil where it is not known.
    package func validateEnds(_ text: (Digest) -> String?) throws(PlanInvalid) {
        let fault = withoutActuallyEscaping(text) { StepEnds(step: self, text: $0).fault }
        guard let fault else { return }
        throw PlanInvalid(
            reason: "the step of \(object.label(in: namespace)) \(fault)")
    }
}
