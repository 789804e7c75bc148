import Schema

/// What is special about the way back: the former table follows the one that took its place.
///
/// It is a copy the other way round, from the new definition to the former one, into a table that
/// has its rows already.
struct WayBack: Hashable, Sendable {
    /// That of the copy whose way back it is.
    let fingerprint: String
    /// The statement that put the copy in the table's place: it stands in the log in front of
    /// everything that is followed.
    let renaming: String
    /// The columns that only the former table has, and whose values it keeps.
    let kept: [Column]
}

extension CopyJob {
    /// The same change the other way round.
    ///
    /// Throws `stopped` where the new table has no index any more by which rows are told apart.
    func reversed() throws(CopyFailure) -> CopyJob {
        guard let key = key.index(in: to) else {
            throw .stopped(
                "there is no way back: \(table) has no index now for the key \(key.index)")
        }
        let back = Dictionary(
            renames.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        let copied = Set(
            CopyJob(
                database: database, names: names, from: to, to: from, key: key, renames: back,
                flavour: flavour
            ).columns.map(\.new.name))
        let wayBack = WayBack(
            fingerprint: fingerprint, renaming: renaming,
            kept: from.columns.filter { $0.generated == nil && !copied.contains($0.name) })
        return CopyJob(
            database: database, names: names.reversed, from: to, to: from, key: key,
            renames: back, flavour: flavour, wayBack: wayBack)
    }

    /// On the way back: the change from the former table to the one in its place.
    var lookingForward: CopyJob {
        let forward = Dictionary(
            renames.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        return CopyJob(
            database: database, names: names.reversed.swapped, from: to, to: from,
            key: key.index(in: to) ?? key, renames: forward, flavour: flavour)
    }
}
