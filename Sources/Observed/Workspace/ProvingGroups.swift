import Diff
import MySQLClient
import Schema

/// Changes of several tables to be proved together before they run on any shard.
package struct GroupToProve: Sendable {
    /// One table of the group.
    package struct Member: Sendable {
        /// The live table; nil where it is created.
        package var from: CatalogTable?
        /// The wanted table; nil where it is dropped.
        package var to: CatalogTable?
        /// The name before the change; that of `to` where the table is created.
        package var table: String

        package init(from: CatalogTable?, to: CatalogTable?, table: String) {
            self.from = from
            self.to = to
            self.table = table
        }
    }

    package var members: [Member]
    package var statements: [TableGroup.Statement]
    /// Tables that have to exist besides the members.
    package var parents: [CatalogTable]
    /// Statements that a live table refused, though a new table of the same definition allows them.
    package var refused: Set<String> = []

    package init(
        members: [Member], statements: [TableGroup.Statement], parents: [CatalogTable] = []
    ) {
        self.members = members
        self.statements = statements
        self.parents = parents
    }
}

/// A statement that a server ran in a workspace.
package struct ProvedStatement: Sendable {
    package let sql: String
    package let algorithm: Algorithm?
    package let lock: LockMode?
    package let rebuildsTable: Bool
    /// As in ``PlanStatement``.
    package let numbersZeros: Bool?
    /// Members that the statement changed, by their index, with their definition after it.
    package let changed: [(member: Int, table: CatalogTable?)]
}

extension Workspace {
    /// Runs the statements in the workspace, in their order.
    ///
    /// Throws `notProved` where the server refuses one, or where a table at the end is neither the
    /// wanted one nor equivalent to it by a rule of the diff.
    package func prove(_ group: GroupToProve) throws(WorkspaceError) -> [ProvedStatement] {
        let cheapest = try startingEmpty { () throws(WorkspaceError) in
            try run(group, onlyByCopy: false)
        }
        guard cheapest.difference != nil else { return cheapest.statements }
        // Under other algorithms MySQL silently ignores some changes that it makes with COPY.
        let copied = try startingEmpty { () throws(WorkspaceError) in
            try run(group, onlyByCopy: true)
        }
        if let difference = copied.difference { throw difference }
        return copied.statements
    }

    private struct Run {
        var statements: [ProvedStatement] = []
        /// Why the tables are not the wanted ones; nil where they are.
        var difference: WorkspaceError?
    }

    private func run(
        _ group: GroupToProve, onlyByCopy: Bool
    ) throws(WorkspaceError) -> Run {
        try make(group)
        var result = Run()
        var names = group.members.map(\.table)
        var current = group.members.map(\.from)
        for statement in group.statements {
            try setForeignKeyChecks(statement.checksForeignKeys)
            let before = current[statement.member]
            let accepted = try run(
                statement, of: before, onlyByCopy: onlyByCopy, refused: group.refused)
            names[statement.member] = statement.nameAfterwards
            var changed: [(member: Int, table: CatalogTable?)] = []
            for place in statement.touches(members: group.members.indices)
            where place == statement.member || current[place] != nil {
                var found =
                    statement.content == .drop && place == statement.member
                    ? nil : try read(names[place])
                let isCopied = accepted?.algorithm == .copy && place == statement.member
                if let known = current[place], !isCopied {
                    found = found?.inFormat(of: known, profile.flavour)
                }
                guard found?.digest != current[place]?.digest || place == statement.member else {
                    continue
                }
                current[place] = found
                changed.append((place, found))
            }
            result.statements.append(
                ProvedStatement(
                    sql: accepted?.sql ?? statement.sql(flavour: profile.flavour),
                    algorithm: accepted?.algorithm, lock: accepted?.lock,
                    rebuildsTable: accepted?.rebuildsTable ?? false,
                    numbersZeros: statement.numbersZeros(flavour: profile.flavour),
                    changed: changed))
        }
        for (place, member) in group.members.enumerated() where result.difference == nil {
            result.difference = difference(current[place], member.to, names[place])
        }
        return result
    }

    private func run(
        _ statement: TableGroup.Statement, of before: CatalogTable?, onlyByCopy: Bool,
        refused: Set<String>
    ) throws(WorkspaceError) -> AlgorithmProbe.Accepted? {
        switch statement.content {
        case .create, .drop:
            try runProved(statement.sql(flavour: profile.flavour), statement.table)
            return nil
        case .alter(let alteration):
            return try AlgorithmProbe(
                workspace: self, table: statement.table, alteration: alteration,
                onlyByCopy: onlyByCopy
                    || copiesTemporals(alteration, of: before),
                mustReadRows: mustReadRows(alteration, of: before), refused: refused
            ).run()
        }
    }

    /// Creates the live tables, regardless of the order that their foreign keys require.
    private func make(_ group: GroupToProve) throws(WorkspaceError) {
        let own = Set(group.members.flatMap { [$0.table, $0.to?.table?.name ?? $0.table] })
        try setForeignKeyChecks(false)
        for parent in group.parents where !own.contains(parent.table?.name ?? "") {
            try makeParent(parent, otherwise: own.first ?? "")
        }
        for member in group.members {
            guard let from = member.from else { continue }
            let wanted = from.inCurrentFormat(profile.flavour)
            let made = try make(wanted, named: member.table)
            guard made.isMade(as: wanted, profile.flavour) else {
                throw differs(member.table, made, wanted)
            }
        }
    }

    private func difference(
        _ found: CatalogTable?, _ wanted: CatalogTable?, _ name: String
    ) -> WorkspaceError? {
        switch (found, wanted) {
        case (nil, nil): nil
        case (let found?, let wanted?):
            found.digest == wanted.digest || found.isEquivalent(to: wanted)
                ? nil : differs(name, found, wanted)
        case (nil, .some), (.some, nil):
            WorkspaceError(
                .notProved,
                "table \(SQL.identifier(name)): after the change it is "
                    + (found == nil ? "not there" : "still there"))
        }
    }
}

extension TableGroup.Statement {
    fileprivate func numbersZeros(flavour: ServerProfile.Flavour) -> Bool? {
        guard case .alter(let alteration) = content else { return nil }
        return alteration.numbersZeros(flavour: flavour)
    }

    fileprivate var nameAfterwards: String {
        guard case .alter(let alteration) = content else { return table }
        return alteration.newName ?? table
    }

    /// The members whose definition may change with this one: foreign keys follow new names.
    fileprivate func touches(members: Range<Int>) -> [Int] {
        guard case .alter(let alteration) = content else { return [member] }
        let renames = alteration.clauses.contains { clause in
            switch clause {
            case .renameTable: true
            case .changeColumn(let from, let to, _): from.name != to.name
            default: false
            }
        }
        return renames ? Array(members) : [member]
    }
}
