import Diff
import Schema

/// A change of one table whose names and comments are left open: changes of equal patterns get the
/// same answer of a server, with one name in place of another.
///
/// What a server decides by names alone is left out: a change with a name that servers give a
/// meaning to, or that is a new name of its table, is like no other.
package struct ChangePattern: Sendable {
    /// Equal for changes that one proof is enough for.
    package var digest: Digest { pattern.digest }

    private let pattern: TextPattern
    private let change: ChangeToProve
    private let flavour: ServerProfile.Flavour

    /// Nil for a change whose answer depends on more than its tables' texts; see
    /// ``ProofVisits``.
    package init?(_ change: ChangeToProve, profile: ServerProfile) {
        guard change.canShareVisit, let from = change.from, let to = change.to,
            let alteration = change.alterations.first, alteration.newName == nil
        else { return nil }
        let flavour = profile.flavour
        var texts = [
            from.text, to.text, alteration.sql(table: change.table, flavour: flavour),
            "checks \(change.checksForeignKeys)",
        ]
        for parent in change.parents {
            guard var table = parent.table else { return nil }
            table.foreignKeys = []
            texts.append(table.createStatement(flavour: flavour))
        }
        guard let pattern = TextPattern(texts, dialect: Dialect(profile)) else { return nil }
        self.pattern = pattern
        self.change = change
        self.flavour = flavour
    }

    /// The proof of this change, made of that of another one with an equal pattern; nil where it
    /// has to be proved by itself.
    ///
    /// - Parameter catalog: has the tables that the known proof passes through, and gets those of
    ///   this one.
    package func proof(
        from known: Proof, of other: ChangePattern, in catalog: ObjectCatalog
    ) -> Proof? {
        guard let wanted = change.to else { return nil }
        var statements: [PlanStatement] = []
        var final: CatalogTable?
        for var statement in known.statements {
            guard let sql = other.pattern.refilled(statement.sql, as: pattern),
                let end = statement.after.flatMap({ catalog[$0] }),
                let text = other.pattern.refilled(end.text, as: pattern)
            else { return nil }
            let table = Array(text.utf8).withUnsafeBufferPointer {
                catalog.table(showCreate: $0, flavour: flavour)
            }
            statement.sql = sql
            statement.after = table.digest
            statements.append(statement)
            final = table
        }
        let proof = Proof(statements: statements, final: final)
        return proof.leads(to: wanted) ? proof : nil
    }
}
