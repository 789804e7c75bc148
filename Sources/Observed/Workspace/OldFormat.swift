import Diff
import Schema

/// Tables with columns in one of the ``OldTemporals``, which the workspace may be unable to create.
extension CatalogTable {
    /// The table as the workspace creates it.
    func inCurrentFormat(_ flavour: ServerProfile.Flavour) -> CatalogTable {
        guard let table, !table.oldTemporals.isEmpty else { return self }
        return CatalogTable(
            canonicalText: table.inCurrentFormat.showCreate(flavour: flavour), flavour: flavour)
    }

    /// Whether a server made exactly `wanted`, apart from the storage format of temporal columns.
    func isMade(as wanted: CatalogTable, _ flavour: ServerProfile.Flavour) -> Bool {
        digest == wanted.digest || inCurrentFormat(flavour).digest == wanted.digest
    }

    /// The definition of the live table where the workspace's is `self` and no row was copied.
    func inFormat(of live: CatalogTable, _ flavour: ServerProfile.Flavour) -> CatalogTable {
        guard let table, let live = live.table,
            !live.oldTemporals.isEmpty || !table.oldTemporals.isEmpty
        else { return self }
        return CatalogTable(
            canonicalText: table.inFormat(of: live).showCreate(flavour: flavour), flavour: flavour)
    }
}

extension Workspace {
    /// Whether the server can make the change by `COPY` only, because the table has temporal
    /// columns in another format than the one that the server creates. Where the server creates an
    /// old one, this is assumed of every table with temporal columns.
    func copiesTemporals(_ alteration: Alteration, of table: CatalogTable?) -> Bool {
        guard let table = table?.table, alteration.copiesTemporals else { return false }
        return !table.oldTemporals.isEmpty || profile.makesOldTemporals && table.hasTemporals
    }
}
