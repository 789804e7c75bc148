import Diff
import Schema

/// What is to be copied: a table, and what it becomes.
package struct CopyJob: Hashable, Sendable {
    package let database: String
    package let names: CopyNames
    /// The table as it is.
    package let from: Table
    /// The table as it will be.
    package let to: Table
    package let key: CopyKey
    package let flavour: ServerProfile.Flavour
    /// The columns that are copied, under their old names and their new ones.
    let columns: [CopiedColumn]
    /// Old name → new name of the columns that get another one.
    let renames: [String: String]
    /// What the former table's way back follows; nil for the copy itself.
    let wayBack: WayBack?

    /// - Parameters:
    ///   - renames: old name → new name of the columns that get another one.
    ///
    /// Throws `stopped` where the table cannot be copied exactly, with the reason.
    package init(
        database: String, from: Table, to: Table, renames: [String: String] = [:],
        flavour: ServerProfile.Flavour
    ) throws(CopyFailure) {
        if let reason = CopyLimits.reason(from: from, to: to, flavour: flavour) {
            throw .stopped(reason)
        }
        guard let names = CopyNames(of: from.name) else {
            throw .stopped(
                "the name of the table has more than \(CopyNames.longest) characters, so its copy "
                    + "has none")
        }
        guard let key = CopyKey(from: from, to: to) else {
            throw .stopped(
                "there is no primary key, and no unique key without NULLs, that the table has "
                    + "before and after")
        }
        self.init(
            database: database, names: names, from: from, to: to, key: key, renames: renames,
            flavour: flavour)
        guard !columns.isEmpty else { throw .stopped("no column would be copied") }
    }

    init(
        database: String, names: CopyNames, from: Table, to: Table, key: CopyKey,
        renames: [String: String], flavour: ServerProfile.Flavour, wayBack: WayBack? = nil
    ) {
        self.database = database
        self.names = names
        self.from = from
        self.to = to
        self.key = key
        self.flavour = flavour
        self.renames = renames
        self.wayBack = wayBack
        columns = from.columns.compactMap { old -> CopiedColumn? in
            let name = renames[old.name] ?? old.name
            let new = to.columns.first { $0.name.lowercased() == name.lowercased() }
            guard let new, new.generated == nil else { return nil }
            let sets = (from.effectiveCharacterSet(of: old), to.effectiveCharacterSet(of: new))
            let isAlike = old.type == new.type && sets.0?.name == sets.1?.name
            return CopiedColumn(old: old, new: new, keepsBytes: isAlike)
        }
    }

    /// The table between backticks.
    var table: String { SQL.identifier(names.table) }
    var shadow: String { SQL.identifier(names.shadow) }

    /// The statement that puts the copy in the table's place.
    var renaming: String {
        let former = SQL.identifier(names.former)
        return "RENAME TABLE \(table) TO \(former), \(shadow) TO \(table)"
    }

    /// `INSERT INTO … SELECT …` of the rows for which `condition` holds.
    func insertion(where condition: String?) -> String {
        insertion(into: shadow, where: condition)
    }

    func insertion(into target: String, where condition: String?) -> String {
        let new = columns.map { SQL.identifier($0.new.name) }.joined(separator: ", ")
        let old = columns.map { SQL.identifier($0.old.name) }.joined(separator: ", ")
        return "INSERT INTO \(target) (\(new)) SELECT \(old) FROM \(table) "
            + "FORCE INDEX (\(key.hint))"
            + (condition.map { " WHERE \($0)" } ?? "")
    }
}

/// A column whose values are copied.
struct CopiedColumn: Hashable, Sendable {
    let old: Column
    let new: Column
    /// Whether both have the same values for the same bytes.
    let keepsBytes: Bool
}
