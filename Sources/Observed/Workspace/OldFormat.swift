import Diff
import Schema

/// Tables with columns in one of the ``OldTemporals``: no workspace can make them.
extension CatalogTable {
    /// The table as the workspace makes it.
    func inCurrentFormat(_ flavour: ServerProfile.Flavour) -> CatalogTable {
        guard let table, !table.oldTemporals.isEmpty else { return self }
        return CatalogTable(
            canonicalText: table.inCurrentFormat.showCreate(flavour: flavour), flavour: flavour)
    }

    /// Whether a server made just `wanted`, in whatever format it keeps dates and times.
    func isMade(as wanted: CatalogTable, _ flavour: ServerProfile.Flavour) -> Bool {
        digest == wanted.digest || inCurrentFormat(flavour).digest == wanted.digest
    }

    /// What the live table shows where the workspace's is `self`, and no row was copied.
    func inFormat(of live: CatalogTable, _ flavour: ServerProfile.Flavour) -> CatalogTable {
        guard let table, let live = live.table,
            !live.oldTemporals.isEmpty || !table.oldTemporals.isEmpty
        else { return self }
        return CatalogTable(
            canonicalText: table.inFormat(of: live).showCreate(flavour: flavour), flavour: flavour)
    }
}

extension Workspace {
    /// Whether the server changes `table` by nothing but a copy, as it keeps dates and times in
    /// another format than the one in which the server makes them; where it makes them in an old
    /// one, every table that has such columns is taken for one of those.
    func copiesTemporals(_ alteration: Alteration, of table: CatalogTable?) -> Bool {
        guard let table = table?.table, alteration.copiesTemporals else { return false }
        return !table.oldTemporals.isEmpty || profile.makesOldTemporals && table.hasTemporals
    }
}
