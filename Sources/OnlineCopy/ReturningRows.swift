import Schema

extension CopySession {
    /// Brings rows over as they stand now, and takes away those that are gone.
    ///
    /// - Parameters:
    ///   - wanted: which rows of the copy are made anew.
    ///   - condition: which rows of the table are brought; among the wanted ones.
    func bring(_ wanted: String, where condition: String) throws(CopyFailure) {
        if let wayBack = job.wayBack {
            try ReturningRows(session: self, wayBack: wayBack).bring(wanted)
        } else {
            try execute("DELETE FROM \(job.shadow) WHERE \(wanted)")
            try execute(job.insertion(where: condition))
        }
    }
}

/// Brings rows back into the former table, which keeps the values of its own columns.
///
/// The rows are first made in a temporary table of the former definition, by a statement that locks
/// none of them; there they get the values that only the former table has. Deleting and inserting
/// all of them then lets rows change places in a unique key.
struct ReturningRows {
    let session: CopySession
    let wayBack: WayBack
    private var job: CopyJob { session.job }

    private static let name = "__plumb_returned"
    private static let table = SQL.identifier(name)

    /// Makes the temporary table; the session keeps it.
    func prepare() throws(CopyFailure) {
        var like = job.to.scratch(named: Self.name, key: job.key)
        for place in like.columns.indices {
            let column = like.columns[place]
            guard column.defaultValue == nil, column.isNotNull,
                wayBack.kept.contains(where: { $0.name == column.name })
            else { continue }
            // Whether it has a value is for the former table to say.
            like.columns[place].isNotNull = false
            like.columns[place].isExplicitlyNull = column.type.lowercased().hasPrefix("timestamp")
        }
        try session.makeScratch(like)
    }

    /// Brings the rows for which `wanted` holds; within a transaction.
    func bring(_ wanted: String) throws(CopyFailure) {
        try session.execute("DELETE FROM \(Self.table)")
        try session.execute(job.insertion(into: Self.table, where: wanted))
        let kept = wayBack.kept.map { SQL.identifier($0.name) }
        if !kept.isEmpty {
            // Without other names for them: a lock would have to have these names, too.
            let both = { (column: String) in "\(Self.table).\(column) = \(job.shadow).\(column)" }
            let alike = job.key.names.map(both).joined(separator: " AND ")
            let values = kept.map(both).joined(separator: ", ")
            try session.execute(
                "UPDATE \(Self.table) JOIN \(job.shadow) ON \(alike) SET \(values)")
        }
        try session.execute("DELETE FROM \(job.shadow) WHERE \(wanted)")
        let columns = (job.columns.map { SQL.identifier($0.new.name) } + kept)
            .joined(separator: ", ")
        try session.execute(
            "INSERT INTO \(job.shadow) (\(columns)) SELECT \(columns) FROM \(Self.table)")
    }
}
