import Basics
import Diff
import MySQLClient
import Schema

/// A change of one table to be proved in a workspace before it runs on any shard.
package struct ChangeToProve: Sendable {
    /// The live table; nil where it is created.
    package var from: CatalogTable?
    /// The wanted table; nil where it is dropped.
    package var to: CatalogTable?
    /// The table's name before the change; that of `to` where it is created.
    package var table: String
    /// The statements that turn `from` into `to`; empty where it is created or dropped.
    package var alterations: [Alteration]
    /// The tables that the foreign keys of the change refer to, as they will be at that time.
    package var parents: [CatalogTable]
    /// The value of `foreign_key_checks` for the statements.
    package var checksForeignKeys: Bool
    /// Statements that a live table refused, though a new table of the same definition allows them.
    package var refused: Set<String> = []
    /// The name with which a new table is created, where its letter case differs from the name by
    /// which the server compares it.
    package var spelling: String?

    package init(
        from: CatalogTable?, to: CatalogTable?, table: String, alterations: [Alteration],
        parents: [CatalogTable] = [], checksForeignKeys: Bool = true, spelling: String? = nil
    ) {
        self.spelling = spelling
        self.from = from
        self.to = to
        self.table = table
        self.alterations = alterations
        self.parents = parents
        self.checksForeignKeys = checksForeignKeys
    }
}

/// Statements that a server ran in a workspace, with the table that each of them made.
package struct Proof: Sendable {
    /// The exact statements, each with the digest of the server's definition after it.
    package let statements: [PlanStatement]
    /// The table at the end; nil for a drop. It is `to` or equivalent to it: a new index, for
    /// example, is printed behind the others, whatever its place in the desired text.
    package let final: CatalogTable?
}

extension Workspace {
    /// Runs the change in the workspace, and returns the exact statements with their results.
    ///
    /// Throws `notProved` where the server refuses a statement, or where the result is neither `to`
    /// nor equivalent to it by a rule of the diff.
    package func prove(_ change: ChangeToProve) throws(WorkspaceError) -> Proof {
        switch (change.from, change.to) {
        case (nil, let to?):
            if let known = knownProof(of: change) { return known }
            return try startingEmpty { () throws(WorkspaceError) in try proveCreate(change, to) }
        case (let from?, let to?):
            return try proveAlter(change, from, to)
        case (.some, nil):
            return Proof(
                statements: [
                    PlanStatement(
                        sql: "DROP TABLE \(SQL.identifier(change.table))",
                        checksForeignKeys: change.checksForeignKeys, after: nil)
                ], final: nil)
        case (nil, nil):
            return Proof(statements: [], final: nil)
        }
    }

    private func proveCreate(
        _ change: ChangeToProve, _ to: CatalogTable
    ) throws(WorkspaceError) -> Proof {
        try createParents(of: change)
        try setForeignKeyChecks(change.checksForeignKeys)
        var named = to.table
        if let spelling = change.spelling { named?.name = spelling }
        let sql =
            named?.createStatement(flavour: profile.flavour)
            ?? to.createStatement(flavour: profile.flavour)
        try runProved(sql, change.table)
        let final = try require(change.table, to, change.table)
        guard final.digest == to.digest || final.isEquivalent(to: to) else {
            throw notProved(change, final, to)
        }
        return Proof(
            statements: [
                PlanStatement(
                    sql: sql, checksForeignKeys: change.checksForeignKeys, after: final.digest)
            ], final: final)
    }

    private func proveAlter(
        _ change: ChangeToProve, _ from: CatalogTable, _ to: CatalogTable
    ) throws(WorkspaceError) -> Proof {
        let cheapest = try startingEmpty { () throws(WorkspaceError) in
            try alter(change, from, to, onlyByCopy: false)
        }
        if cheapest.leads(to: to) {
            return try avoidingRebuild(change, from, to, insteadOf: cheapest) ?? cheapest
        }
        // Under other algorithms MySQL silently ignores some changes that it makes with COPY.
        let copied = try startingEmpty { () throws(WorkspaceError) in
            try alter(change, from, to, onlyByCopy: true)
        }
        guard copied.leads(to: to) else { throw notProved(change, copied.final ?? from, to) }
        return copied
    }

    func alter(
        _ change: ChangeToProve, _ from: CatalogTable, _ to: CatalogTable, onlyByCopy: Bool
    ) throws(WorkspaceError) -> Proof {
        try createParents(of: change)
        let made = from.inCurrentFormat(profile.flavour)
        let start = try make(made, named: change.table)
        guard start.isMade(as: made, profile.flavour) else { throw notProved(change, start, made) }
        try setForeignKeyChecks(change.checksForeignKeys)
        var table = change.table
        var statements: [PlanStatement] = []
        var current = from
        for alteration in change.alterations {
            let probe = AlgorithmProbe(
                workspace: self, table: table, alteration: alteration,
                onlyByCopy: onlyByCopy
                    || copiesTemporals(alteration, of: current),
                mustReadRows: mustReadRows(alteration, of: current),
                refused: change.refused)
            let accepted = try probe.run()
            table = alteration.newName ?? table
            let found = try require(table, to, change.table)
            current =
                accepted.algorithm == .copy ? found : found.inFormat(of: current, profile.flavour)
            statements.append(
                PlanStatement(
                    sql: accepted.sql, checksForeignKeys: change.checksForeignKeys,
                    after: current.digest, algorithm: accepted.algorithm, lock: accepted.lock,
                    rebuildsTable: accepted.rebuildsTable,
                    numbersZeros: alteration.numbersZeros(flavour: profile.flavour)))
        }
        return Proof(statements: statements, final: current)
    }

    /// Whether the outcome depends on rows that only `COPY` reads. Checks of values that are the
    /// same in every row are evaluated here instead.
    func mustReadRows(_ alteration: Alteration, of live: CatalogTable?) -> Bool {
        let flavour = profile.flavour
        guard let table = live?.table else { return flavour == .mariadb }
        guard alteration.mustReadRows(of: table, flavour: flavour) else { return false }
        guard let checks = alteration.constantChecks(of: table), !checks.isEmpty else {
            return true
        }
        let broken = checks.map { "(\($0)) <=> FALSE" }.joined(separator: " OR ")
        // Where the server does not say, rows decide: the dearer way, and always a right one.
        let answer = try? connection.query("SELECT \(broken)").first?[0]
        return answer != "0"
    }

    private func createParents(of change: ChangeToProve) throws(WorkspaceError) {
        try setForeignKeyChecks(false)
        for parent in change.parents where parent.table?.name != change.table {
            try makeParent(parent, otherwise: change.table)
        }
    }

    /// - Parameter name: the object to name in errors where the parent has no model.
    func makeParent(_ parent: CatalogTable, otherwise name: String) throws(WorkspaceError) {
        // Without foreign keys of its own, whose parents may not exist here.
        var model = parent.table
        model?.foreignKeys = []
        try makeShown(
            model?.createStatement(flavour: profile.flavour)
                ?? parent.createStatement(flavour: profile.flavour),
            parent.table?.name ?? name)
    }

    /// Creates the live table, also with what `CREATE TABLE` cannot express: nullable columns that
    /// lost their `DEFAULT NULL` by a later statement.
    func make(
        _ from: CatalogTable, named name: String
    ) throws(WorkspaceError) -> CatalogTable {
        try makeShown(from.createStatement(flavour: profile.flavour), name)
        let made = try require(name, from, name)
        guard made.digest != from.digest, let wanted = from.table, let found = made.table,
            wanted.columns.count == found.columns.count
        else { return made }
        let bare = zip(wanted.columns, found.columns).filter { wanted, found in
            wanted.defaultValue == nil && found.defaultValue != nil
        }
        guard !bare.isEmpty else { return made }
        let clauses = bare.map { "ALTER COLUMN \(SQL.identifier($0.0.name)) DROP DEFAULT" }
        let sql = "ALTER TABLE \(SQL.identifier(name)) \(clauses.joined(separator: ", "))"
        try runProved(sql, name)
        return try require(name, from, name)
    }

    /// Runs a statement made from another server's definition.
    func makeShown(_ sql: String, _ table: String) throws(WorkspaceError) {
        try runProved(textGuard.checkedDefinition(sql, "table \(SQL.identifier(table))"), table)
    }

    func runProved(_ sql: String, _ table: String) throws(WorkspaceError) {
        do throws(MySQLError) {
            try connection.execute(sql)
        } catch {
            throw refused(sql, table, error)
        }
    }

    /// The error for a statement of a change that the server refused.
    func refused(_ sql: String, _ table: String, _ error: MySQLError) -> WorkspaceError {
        guard connection.isUsable, error.retry == .permanent else {
            return WorkspaceError(error, while: "proving a change of \(SQL.identifier(table))")
        }
        return WorkspaceError(
            .notProved,
            "table \(SQL.identifier(table)): the server refuses the change: \(error.message); "
                + "the statement was: \(sql)")
    }

    private func require(
        _ name: String, _ expected: CatalogTable, _ table: String
    ) throws(WorkspaceError) -> CatalogTable {
        if let found = try read(name) { return found }
        throw WorkspaceError(
            .notProved,
            "table \(SQL.identifier(table)): after the change there is no table "
                + SQL.identifier(name))
    }

    private func notProved(
        _ change: ChangeToProve, _ found: CatalogTable, _ wanted: CatalogTable
    ) -> WorkspaceError {
        differs(change.table, found, wanted)
    }

    func differs(
        _ table: String, _ found: CatalogTable, _ wanted: CatalogTable
    ) -> WorkspaceError {
        let difference = FirstDifference(found.text, wanted.text)
        return WorkspaceError(
            .notProved,
            "table \(SQL.identifier(table)): the statements do not lead to the table "
                + "that is wanted; line \(difference.line) is `\(difference.left)` instead of "
                + "`\(difference.right)`",
            remedy: "split the change, or report it as a fault of Plumb")
    }
}

extension Proof {
    /// Whether the statements lead to `table`, or to one that is equivalent.
    func leads(to table: CatalogTable) -> Bool {
        guard let final else { return false }
        return final.digest == table.digest || final.isEquivalent(to: table)
    }
}

extension CatalogTable {
    /// Whether the two differ only by a named rule of the diff; false where one of them has no
    /// model.
    func isEquivalent(to other: CatalogTable) -> Bool {
        guard let table, let otherTable = other.table else { return false }
        return table.isEquivalent(to: otherTable)
    }
}

extension Alteration {
    /// The table's name after the statement; nil where it does not change.
    var newName: String? {
        for case .renameTable(let name) in clauses { return name }
        return nil
    }
}

/// The first line in which two texts differ.
struct FirstDifference: Equatable {
    /// Counted from 1.
    let line: Int
    let left: String
    let right: String

    init(_ left: String, _ right: String) {
        let lefts = left.split(separator: "\n", omittingEmptySubsequences: false)
        let rights = right.split(separator: "\n", omittingEmptySubsequences: false)
        let place = zip(lefts, rights).prefix { $0 == $1 }.count
        line = place + 1
        func text(_ lines: [Substring]) -> String {
            place < lines.count ? lines[place].trimmingPrefix { $0 == " " }.description : ""
        }
        self.left = text(lefts)
        self.right = text(rights)
    }
}
