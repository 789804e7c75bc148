import Schema

/// Tables with columns in one of the ``OldTemporals``: no workspace can make them.
extension CatalogTable {
    /// The table as the workspace makes it.
    func inCurrentFormat(_ flavour: ServerProfile.Flavour) -> CatalogTable {
        guard let table, !table.oldTemporals.isEmpty else { return self }
        return CatalogTable(
            canonicalText: table.inCurrentFormat.showCreate(flavour: flavour), flavour: flavour)
    }

    /// What the live table shows where the workspace's is `self`, and no row was copied.
    func inFormat(of live: CatalogTable, _ flavour: ServerProfile.Flavour) -> CatalogTable {
        guard let table, let live = live.table, !live.oldTemporals.isEmpty else { return self }
        return CatalogTable(
            canonicalText: table.inFormat(of: live).showCreate(flavour: flavour), flavour: flavour)
    }
}
