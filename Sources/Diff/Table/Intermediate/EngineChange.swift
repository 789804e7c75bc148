import Schema

/// What another storage engine needs before and after the one `ALTER TABLE`.
///
/// - The old engine's own options are unknown to the new one (error 1911), and MySQL changes no
///   table that has a secondary engine: these options go first.
/// - The indexes of an InnoDB table have its `KEY_BLOCK_SIZE`, which they print only once the table
///   loses it, and which other engines use: it goes first, and the indexes are made again.
/// - Aria's `PAGE_CHECKSUM` is recorded with the new engine whatever the statement says, and takes
///   a statement of its own to remove.
struct EngineChange {
    let from: Table
    let to: Table

    private var changesEngine: Bool {
        from.option("ENGINE")?.uppercased() != to.option("ENGINE")?.uppercased()
    }

    func clear(_ table: inout Table) {
        guard changesEngine else { return }
        table.options.removeAll { option in
            let isOwn =
                option.key.hasPrefix("`")
                || ["TRANSACTIONAL", "SECONDARY_ENGINE"].contains(option.key.uppercased())
                || from.isInnoDB && option.key.uppercased() == "KEY_BLOCK_SIZE"
            return isOwn && to.option(option.key) == nil
        }
    }

    func first(before table: Table) -> Table? {
        guard changesEngine, to.option("PAGE_CHECKSUM") == nil,
            let kept = from.options.first(where: { $0.key.uppercased() == "PAGE_CHECKSUM" })
        else { return nil }
        var result = table
        result.options.append(kept)
        return result
    }
}
