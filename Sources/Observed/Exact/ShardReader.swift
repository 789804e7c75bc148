import MySQLClient
import Schema

/// Reads every table of some shards of one server over one connection.
///
/// Statements are pipelined across shards, so that many small databases cost no more round trips
/// than a large one.
struct ShardReader {
    /// The tables and managed objects of a shard, and the other objects that its lists show.
    struct Reading: Sendable {
        /// Digests by encoded name.
        var tables: [String: Digest] = [:]
        var others: [CountedObjectKind: Int] = [:]
    }

    /// How often a shard is read before it is reported as changing too fast.
    static let attempts = 3

    private let connection: Connection
    private let catalog: ObjectCatalog
    private let flavour: ServerProfile.Flavour
    private var folding: NameFolding { connection.nameFolding }
    private let targets: [ObservationTarget]
    private var drafts: [Draft]
    /// Shards that are listed with `SHOW FULL TABLES`, which tells the kind of each name.
    private var listsKinds: Set<Int>

    /// The state of a shard that is being read.
    private struct Draft {
        var reading = Reading()
        var problem: ShardProblem?
        var order = LiveTriggerOrder()
        /// A table that was listed and no longer existed when it was read.
        var vanished: String?
        /// An object that was listed without its kind cannot be shown, and may be no table at all.
        var isDoubtful = false

        var isDue: Bool { vanished != nil || isDoubtful }
    }

    /// The tables of each of `targets`, in their order; throws only where the session is lost.
    static func read(
        _ targets: [ObservationTarget], on connection: Connection, catalog: ObjectCatalog,
        flavour: ServerProfile.Flavour
    ) throws(MySQLError) -> [Result<Reading, ShardProblem>] {
        var reader = ShardReader(
            connection: connection, catalog: catalog, flavour: flavour, targets: targets,
            drafts: targets.map { _ in Draft() },
            listsKinds: Set(targets.indices.filter { targets[$0].readsListedObjects }))
        var due = Array(targets.indices)
        for _ in 0..<attempts where !due.isEmpty {
            try reader.readTables(of: due)
            due = due.filter { reader.drafts[$0].isDue }
            reader.listsKinds.formUnion(due)
        }
        return reader.results
    }

    private var results: [Result<Reading, ShardProblem>] {
        zip(targets, drafts).map { target, draft in
            if let problem = draft.problem { return .failure(problem) }
            if let table = draft.vanished {
                return .failure(.changedWhileRead(target, table: table))
            }
            return .success(draft.reading)
        }
    }

    /// Reads the shards `due`, beginning with their lists of tables.
    private mutating func readTables(of due: [Int]) throws(MySQLError) {
        for shard in due { drafts[shard] = Draft() }
        let listed = try list(due)
        let objects = try listObjects(due)
        let jobs = listed.filter { $0.object.kind == .table }
        let statements = jobs.map { job in
            "SHOW CREATE TABLE \(SQL.identifier(targets[job.shard].database))."
                + SQL.identifier(job.object.name)
        }
        var drafts = drafts
        self.drafts = []
        defer { self.drafts = drafts }
        try connection.pipeline(statements) { index, answer in
            let (shard, object) = jobs[index]
            let table = object.name
            switch answer {
            case .success(let rows):
                let row = rows.next()
                if let kind = row.flatMap(ShownKind.otherThanTable) {
                    drafts[shard].reading.others[kind, default: 0] += 1
                } else if let row, row.count >= 2, let text = row[1] {
                    drafts[shard].reading.tables[object.encoded] =
                        catalog.table(
                            showCreate: text, database: targets[shard].database,
                            flavour: flavour, folding: folding
                        ).digest
                } else {
                    drafts[shard].problem = noAnswer(targets[shard], table)
                }
            case .failure(let error) where error.number == Self.noSuchTable:
                drafts[shard].vanished = table
            case .failure(let error):
                drafts[shard].isDoubtful = !listsKinds.contains(shard)
                drafts[shard].problem = ShardProblem(
                    error, database: targets[shard].database, table: table)
            }
        }
        try read(listed.filter { $0.object.kind != .table } + objects, into: &drafts)
    }

    /// Reads objects other than tables. Their database is selected first, because servers print the
    /// names of other databases in definitions.
    private func read(_ jobs: [Job], into drafts: inout [Draft]) throws(MySQLError) {
        var statements: [String] = []
        var asked: [Job?] = []
        var selected: Int?
        for job in jobs.sorted(by: { $0.shard < $1.shard }) {
            let database = targets[job.shard].database
            if selected != job.shard {
                statements.append("USE \(SQL.identifier(database))")
                asked.append(nil)
                selected = job.shard
            }
            statements.append(LiveObject.question(job.object, database: database))
            asked.append(job)
        }
        var result = drafts
        try connection.pipeline(statements) { index, answer in
            guard let (shard, object) = asked[index] else { return }
            let target = targets[shard]
            switch answer {
            case .success(let rows):
                let row = rows.next()
                func column(_ place: Int) -> String? {
                    guard let row, place < row.count else { return nil }
                    return row[place].map { String(decoding: $0, as: UTF8.self) }
                }
                let found = LiveObject.definition(
                    object.kind, of: flavour, folding: folding, database: target.database,
                    after: result[shard].order.predecessors(of: object), column: column)
                if let found {
                    result[shard].reading.tables[object.encoded] =
                        catalog.object(found, flavour: flavour).digest
                } else {
                    result[shard].problem = ShardProblem(
                        LiveObject.unreadable(object, on: target.server, column: column),
                        database: target.database, table: object.encoded)
                }
            case .failure(let error) where LiveObject.absences.contains(error.number):
                result[shard].vanished = object.encoded
            case .failure(let error):
                result[shard].problem = ShardProblem(
                    error, database: target.database, table: object.encoded)
            }
        }
        drafts = result
    }

    /// Lists the triggers, routines and events of the shards `due`, where those are managed.
    private mutating func listObjects(_ due: [Int]) throws(MySQLError) -> [Job] {
        let asked = due.compactMap { shard in
            ObjectList.question(targets[shard]).map { (shard: shard, sql: $0) }
        }
        guard !asked.isEmpty else { return [] }
        var jobs: [Job] = []
        var drafts = drafts
        try connection.pipeline(asked.map(\.sql)) { index, answer in
            let shard = asked[index].shard
            switch answer {
            case .success(let rows):
                while let row = rows.next() {
                    guard row.count >= 2, let kind = row[0], let name = row[1],
                        let kind = ObjectName.Kind(
                            rawValue: String(decoding: kind, as: UTF8.self).lowercased()),
                        targets[shard].kinds.contains(kind)
                    else { continue }
                    let object = ObjectName(kind, String(decoding: name, as: UTF8.self))
                    jobs.append((shard, object))
                    drafts[shard].order.add(object) { place in
                        guard place < row.count else { return nil }
                        return row[place].map { String(decoding: $0, as: UTF8.self) }
                    }
                }
            case .failure(let error):
                drafts[shard].problem = ShardProblem(error, database: targets[shard].database)
            }
        }
        self.drafts = drafts
        return jobs
    }

    private typealias Job = (shard: Int, object: ObjectName)

    /// Lists the tables of the shards `due`, and counts what is known to be another kind.
    private mutating func list(_ due: [Int]) throws(MySQLError) -> [Job] {
        let statements = due.map { shard in
            (listsKinds.contains(shard) ? "SHOW FULL TABLES" : "SHOW TABLES")
                + " FROM \(SQL.identifier(targets[shard].database))"
        }
        var jobs: [Job] = []
        var drafts = drafts
        try connection.pipeline(statements) { index, answer in
            let shard = due[index]
            let first = jobs.count
            switch answer {
            case .success(let rows):
                while let row = rows.next() {
                    guard row.count > 0, let name = row[0] else { continue }
                    let type = row.count > 1 ? row[1] : nil
                    let kind = type.flatMap { Self.kind(String(decoding: $0, as: UTF8.self)) }
                    if let kind, !kind.isAmong(targets[shard].kinds) {
                        drafts[shard].reading.others[kind, default: 0] += 1
                    } else {
                        let known = kind.flatMap { ObjectName.Kind(rawValue: $0.rawValue) }
                        let name = folding.stored(String(decoding: name, as: UTF8.self))
                        jobs.append((shard, ObjectName(known ?? .table, name)))
                    }
                }
            case .failure(let error):
                drafts[shard].problem = ShardProblem(error, database: targets[shard].database)
            }
            let copies = Self.takeCopies(from: &jobs, first)
            if copies > 0 { drafts[shard].reading.others[.onlineCopy] = copies }
        }
        self.drafts = drafts
        return jobs
    }

    /// Takes away the tables that stand beside another one as what an online copy makes of it:
    /// they come and go with a rollout, and nobody manages them.
    ///
    /// - Parameter first: where the tables of the shard begin.
    /// - Returns: how many.
    private static func takeCopies(from jobs: inout [Job], _ first: Int) -> Int {
        let suspects = jobs[first...].filter { CopyNames.table(of: $0.object.name) != nil }
        guard !suspects.isEmpty else { return 0 }
        let names = Set(jobs[first...].map(\.object.name))
        let copies = Set(
            suspects.map(\.object.name).filter { name in
                CopyNames.table(of: name).map(names.contains) == true
            })
        let rest = jobs[first...].filter { !copies.contains($0.object.name) }
        jobs.replaceSubrange(first..., with: rest)
        return copies.count
    }

    /// `ER_NO_SUCH_TABLE`; error 1932, a table that is missing in its engine, is not one of them.
    private static let noSuchTable: UInt32 = 1146

    private func noAnswer(_ target: ObservationTarget, _ table: String) -> ShardProblem {
        ShardProblem(
            MySQLError(
                kind: .other, message: "the server did not return the table's definition",
                server: target.server), database: target.database, table: table)
    }

    /// The kind of a listed object; nil for a table.
    private static func kind(_ type: String) -> CountedObjectKind? {
        switch type {
        case "VIEW", "SYSTEM VIEW": .view
        case "SEQUENCE": .sequence
        // Also an unknown kind: reading it as a table will report what is wrong.
        default: nil
        }
    }
}

extension ObservationTarget {
    /// Whether it reads kinds that are in the list of tables.
    fileprivate var readsListedObjects: Bool { kinds.contains(.view) || kinds.contains(.sequence) }
}

extension ShardProblem {
    /// A database whose tables come and go faster than they can be read.
    fileprivate static func changedWhileRead(_ target: ObservationTarget, table: String)
        -> ShardProblem
    {
        ShardProblem(
            code: "changed-while-read",
            reason: "\(target.server): \(ObjectName(encoded: table)) of database "
                + "\(SQL.identifier(target.database)) was listed but gone when it was read, "
                + "\(ShardReader.attempts) times in a row; try again when no schema "
                + "change runs there",
            retry: .retryable)
    }
}
