import Schema

@testable import Diff

extension SchemaDiff {
    /// The changes, one for each table, in the order in which they can run; throws the first
    /// refusal.
    static func changes(
        from: [String: Table], to: [String: Table], renames: Renames = Renames(),
        droppable: Set<String> = [], flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> [TableChange] {
        let difference = try difference(
            from: from, to: to, renames: renames, droppable: droppable, flavour: flavour)
        if let refusal = difference.refusals.first { throw refusal }
        return difference.changes
    }
}

extension TableChange {
    /// The statements in order, one line each but for `CREATE TABLE`.
    func statements(flavour: ServerProfile.Flavour) -> [String] {
        switch kind {
        case .create: return to.map { [$0.createStatement(flavour: flavour)] } ?? []
        case .drop: return ["DROP TABLE \(SQL.identifier(table))"]
        case .alter:
            var name = from?.name ?? table
            return alterations.map { alteration in
                let text = alteration.sql(table: name, flavour: flavour)
                for case .renameTable(let newName) in alteration.clauses { name = newName }
                return text
            }
        }
    }
}

extension SchemaStep {
    /// The statements in order, one line each but for `CREATE TABLE`.
    func statements(flavour: ServerProfile.Flavour) -> [String] {
        switch self {
        case .single(let change): change.statements(flavour: flavour)
        case .group(let group): group.statements.map { $0.sql(flavour: flavour) }
        }
    }
}
