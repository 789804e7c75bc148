import MySQLClient
import Schema

/// Tables of files written back without a wait for the server's disk.
///
/// Where a text stands in the server's own words and says nothing that a temporary table would not
/// say as well (``Schema/Table/isPrintedAlikeTemporarily(_:)``), a temporary one is made, shown and
/// dropped, without its foreign keys, which have to be certain (``CertainReferences``). What a
/// server refuses there is always made as a table that stays: a refusal is only told from there.
extension Workspace {
    /// The tables that could be written back so, by name.
    ///
    /// All others have to be made, and all that they refer to or are `LIKE` is among those.
    ///
    /// - Parameter live: the live tables of a shard with this profile. A table that is not live is
    ///   made, as its step makes it, too.
    func writtenBackTemporarily(
        _ order: CreationOrder, live: [String: CatalogTable]
    ) throws(WorkspaceError) -> [String: CatalogTable] {
        guard NameFolding(profile) != .asGiven else { return [:] }
        var drafts = order.tables.map { live[$0.name]?.table == nil ? nil : draft(of: $0, live) }
        Self.leaveOut(&drafts, order)
        guard drafts.contains(where: { $0 != nil }), printsTemporaryTablesAlike else { return [:] }
        let made = try shownTemporarily(drafts)
        for (place, table) in made.enumerated() where table == nil { drafts[place] = nil }
        Self.leaveOut(&drafts, order)
        let references = CertainReferences(
            wanted: Self.models(zip(order.tables, made).map { ($0.name, $1) }),
            live: Self.models(live.map { ($0, $1) }))
        for (place, table) in made.enumerated() {
            guard let table = table?.table, drafts[place] != nil else { continue }
            // One whose parents are made is looked at when they are.
            let isWhole = table.foreignKeys.allSatisfy {
                references.wanted[$0.referencedTable] != nil
            }
            if isWhole, !references.hold(for: table) { drafts[place] = nil }
        }
        Self.leaveOut(&drafts, order)
        var result: [String: CatalogTable] = [:]
        for (place, table) in order.tables.enumerated() where drafts[place] != nil {
            result[table.name] = made[place].map { asWritten(table, $0) }
        }
        return result
    }

    /// Whether the foreign keys of what was written back temporarily are certain, now that all
    /// tables are known.
    static func areCertain(
        _ names: some Sequence<String>, among created: [String: CatalogTable],
        live: [String: CatalogTable]
    ) -> Bool {
        let wanted = models(created.map { ($0, $1) })
        let references = CertainReferences(
            wanted: wanted, live: models(live.map { ($0, $1) }))
        return CertainReferences.areNamedApart(wanted.values)
            && names.allSatisfy { wanted[$0].map(references.hold) ?? false }
    }

    private static func models(
        _ tables: [(name: String, table: CatalogTable?)]
    ) -> [String: Table] {
        Dictionary(tables.compactMap { one in one.table?.table.map { (one.name, $0) } }) {
            first, _ in first
        }
    }

    /// Leaves out what one that is made needs to be made.
    private static func leaveOut(_ drafts: inout [Draft?], _ order: CreationOrder) {
        var queue = drafts.indices.filter { drafts[$0] == nil }
        while let place = queue.popLast() {
            for parent in order.needs[place] where drafts[parent] != nil {
                drafts[parent] = nil
                queue.append(parent)
            }
        }
    }

    /// A table to be made temporarily.
    private struct Draft {
        let name: String
        /// The statement that makes it, without foreign keys.
        let sql: String
        let foreignKeys: [ForeignKey]
    }

    /// Nil for a text that is to be made.
    private func draft(of table: TableToNormalise, _ live: [String: CatalogTable]) -> Draft? {
        guard table.like == nil, let known = live[table.name]?.table,
            var model = try? TableParser.parse(table.text, flavour: profile.flavour),
            model.isPrintedAlikeTemporarily(profile.flavour),
            model.foreignKeys == known.foreignKeys,
            sent(model, as: table) == table.text
        else { return nil }
        let keys = model.foreignKeys
        model.foreignKeys = []
        guard let sql = sent(model, as: table), sql.hasPrefix(Self.create) else { return nil }
        return Draft(
            name: table.name, sql: Self.createTemporary + sql.dropFirst(Self.create.count),
            foreignKeys: keys)
    }

    private static let create = "CREATE TABLE "
    private static let createTemporary = "CREATE TEMPORARY TABLE "

    /// The words that are sent to make the table, as checked as those of a file.
    private func sent(_ model: Table, as table: TableToNormalise) -> String? {
        let text = TableToNormalise(
            name: table.name, text: model.showCreate(flavour: profile.flavour),
            location: table.location)
        guard case .success(let checked) = textGuard.checked(text) else { return nil }
        return checked.text
    }

    /// Makes, shows and drops each; nil for one that the server does not take or prints in words
    /// for which nobody knows that they are the same.
    private func shownTemporarily(
        _ drafts: [Draft?]
    ) throws(WorkspaceError) -> [CatalogTable?] {
        var statements: [String] = []
        var owners: [Int] = []
        for (place, draft) in drafts.enumerated() {
            guard let draft else { continue }
            let name = "\(SQL.identifier(self.name)).\(SQL.identifier(draft.name))"
            statements += [
                draft.sql, "SHOW CREATE TABLE \(name)", "DROP TEMPORARY TABLE IF EXISTS \(name)",
            ]
            owners.append(place)
        }
        var shown: [CatalogTable?] = Array(repeating: nil, count: drafts.count)
        try setMode(profile.creationMode)
        let result = Result { () throws(WorkspaceError) in
            do throws(MySQLError) {
                try connection.pipeline(statements) { number, answer in
                    let place = owners[number / 3]
                    guard number % 3 == 1, case .success(let rows) = answer,
                        let keys = drafts[place]?.foreignKeys, let row = rows.next().map(Row.init)
                    else { return }
                    shown[place] = table(row, with: keys)
                }
            } catch {
                throw WorkspaceError(error, while: "writing back \(owners.count) tables")
            }
        }
        if connection.isUsable { try setMode(profile.creationMode.map { _ in profile.sqlMode }) }
        try result.get()
        return shown
    }

    /// The table that a row of `SHOW CREATE TABLE` shows, as it stays and with these foreign keys.
    private func table(_ row: Row, with keys: [ForeignKey]) -> CatalogTable? {
        guard row.count == 2, let text = row[1], text.hasPrefix(Self.createTemporary) else {
            return nil
        }
        let flavour = profile.flavour
        let bytes = Array((Self.create + text.dropFirst(Self.createTemporary.count)).utf8)
        let found = bytes.withUnsafeBufferPointer { CatalogTable(showCreate: $0, flavour: flavour) }
        guard var model = found.table, model.foreignKeys.isEmpty,
            model.isPrintedAlikeTemporarily(flavour)
        else { return nil }
        model.foreignKeys = keys
        return Array(model.showCreate(flavour: flavour).utf8).withUnsafeBufferPointer {
            catalog.table(showCreate: $0, flavour: flavour)
        }
    }

    /// Whether the server has no setting by which it gives tables that stay something else, and
    /// temporary ones nothing: on MySQL, encryption.
    private var printsTemporaryTablesAlike: Bool {
        guard profile.flavour == .mysql else { return true }
        return (try? connection.query("SELECT @@default_table_encryption"))?.first?[0] == "0"
    }
}
