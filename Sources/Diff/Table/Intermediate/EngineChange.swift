import Schema

/// What another storage engine asks for before and behind the one `ALTER TABLE`.
///
/// - An engine's own options are unknown to the one that comes (error 1911), and MySQL changes no
///   table that has a second engine: they go first.
/// - The indexes of an InnoDB table have its `KEY_BLOCK_SIZE`, which is not printed until the table
///   loses it, and other engines heed it: it goes first, and the indexes are made anew.
/// - Aria's `PAGE_CHECKSUM` is written down with the new engine whatever the statement says, and
///   is taken back by one of its own.
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
