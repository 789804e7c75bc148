import MySQLClient

/// The indexes that a copy gets once it has all rows.
extension TableCopy {
    /// Builds them, or goes on with what can be done while they are built in a further session.
    func buildIndexes() throws(CopyFailure) {
        guard let openFurther else {
            try IndexBuild.run(progress.indexes, on: session)
            return try endIndexing()
        }
        guard let build else {
            let further = try CopyFailure.of(openFurther)
            build = IndexBuild(
                progress.indexes, on: try CopySession(further, job), canceller: session.connection)
            return
        }
        guard build.isOver() else { return try workBeside(build) }
        self.build = nil
        do throws(CopyFailure) {
            try build.finish()
        } catch {
            // More was changed meanwhile than the server remembers: once more, without changes.
            guard case .server(let failure) = error, failure.number == Self.tooManyChanges,
                !buildsAlone
            else { throw error }
            buildsAlone = true
            return
        }
        try endIndexing()
    }

    /// `ER_INNODB_ONLINE_LOG_TOO_BIG`.
    private static let tooManyChanges: UInt32 = 1799

    private func endIndexing() throws(CopyFailure) {
        try write { next throws(CopyFailure) in next.phase = .following }
    }

    /// Whether rows must not be brought over just now.
    ///
    /// A unique index that is built beside changes would be refused for two rows that had one value
    /// only for a moment.
    var holdsChangesBack: Bool {
        build != nil && (buildsAlone || progress.indexes.contains { $0.hasPrefix("UNIQUE") })
    }

    /// The most keys that are noted while rows are not brought over; the log waits for the rest.
    static let mostNoted = 100_000

    private func workBeside(_ build: IndexBuild) throws(CopyFailure) {
        meter.indexed = build.fraction(asking: session) ?? meter.indexed
        if holdsChangesBack {
            _ = build.isOver(waiting: 0.05)
        } else if progress.isCompared || waitsFor != nil {
            _ = build.isOver(waiting: 0.02)
        } else {
            _ = try compareRange()
        }
    }
}
