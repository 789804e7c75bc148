import Foundation
import MySQLClient
import Schema

/// The short way for schemas in which everything is right, as almost always: each table is created
/// once, behind its parents, and no statement waits for the answer to the one before.
extension Workspace {
    /// The tables as the server prints them; nil where it did not take all of them at once. Then
    /// one table after the other has to tell what is wrong, in an empty workspace.
    ///
    /// - Parameter live: as ``normalise(_:objects:live:)`` has it.
    func createTogether(
        _ tables: [TableToNormalise], live: [String: CatalogTable] = [:]
    ) throws(WorkspaceError) -> [String: CatalogTable]? {
        var fit: [TableToNormalise] = []
        for table in tables {
            guard case .success(let checked) = textGuard.checked(table) else { return nil }
            fit.append(checked)
        }
        let all = CreationOrder(fit, folding: NameFolding(profile))
        let written = live.isEmpty ? [:] : try writtenBackTemporarily(all, live: live)
        let order =
            written.isEmpty
            ? all
            : CreationOrder(
                fit.filter { written[$0.name] == nil }, folding: NameFolding(profile))
        guard try create(order), let shown = try shown(order.tables) else { return nil }
        let created = Dictionary(
            order.tables.compactMap { table in
                shown[table.name].map { (table.name, asWritten(table, $0)) }
            }
        ) { first, _ in first }
        .merging(written) { first, _ in first }
        guard dangling(all.tables, created, known: []).isEmpty else { return nil }
        guard written.isEmpty || Self.areCertain(written.keys, among: created, live: live) else {
            try reset()
            return try createTogether(tables)
        }
        let late = order.tables.filter { table in
            order.unchecked.contains(table.name)
                && created[table.name]?.isCheckable(without: []) == true
        }
        guard try checkForeignKeys(late, created).isEmpty else { return nil }
        if profile.creationMode == nil {
            creations.add(
                order.tables.filter { !order.unchecked.contains($0.name) }, shown: shown)
        }
        return withLettersOfParents(created)
    }

    /// False where the server refuses a text.
    private func create(_ order: CreationOrder) throws(WorkspaceError) -> Bool {
        try setMode(profile.creationMode)
        let isDone = Result { () throws(WorkspaceError) in
            if order.unchecked.isEmpty, order.tables.count >= Self.worthSharing {
                return try createShared(order)
            }
            for run in order.runs {
                try setForeignKeyChecks(!order.unchecked.contains(run.first?.name ?? ""))
                guard try create(run) else { return false }
            }
            return true
        }
        if connection.isUsable { try setMode(profile.creationMode.map { _ in profile.sqlMode }) }
        return try isDone.get()
    }

    /// The fewest tables for which other sessions are asked to help.
    static let worthSharing = 100

    /// Creates the tables in this session and, as far as there are any, in others beside it; false
    /// where a text was not carried out and this session can try again, one after the other.
    private func createShared(_ order: CreationOrder) throws(WorkspaceError) -> Bool {
        try setForeignKeyChecks(true)
        let crew = CreationCrew(order.tables.map(\.text), needs: order.needs)
        let group = DispatchGroup()
        for number in 1..<max(1, hands) {
            group.enter()
            let thread = Thread { [pool, server, name, mode = profile.creationMode] in
                // Who cannot help is not missed: this session goes on until all is done.
                _ = pool.using(server, purpose: .workspace, waits: false) {
                    helper throws(MySQLError) in
                    try helper.select(database: name)
                    if let mode {
                        try helper.execute("SET SESSION sql_mode = \(SQL.literal(mode))")
                    }
                    crew.work(on: helper)
                }
                group.leave()
            }
            thread.name = "plumb-creation-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
        crew.work(on: connection)
        group.wait()
        guard let failure = crew.failure else { return true }
        // Sessions that make tables with the same parents may get into each other's way.
        let isInTheWay = [.deadlock, .lockWaitTimeout].contains(failure.error.kind)
        let isOwn = failure.connection === connection
        guard connection.isUsable,
            !isOwn || isInTheWay || failure.error.isAboutStatement
        else { throw WorkspaceError(failure.error, while: creating(order.tables[failure.place])) }
        return false
    }

    /// The most texts that are sent before a refusal of one of them is looked at.
    private static let textsAtOnce = 200

    private func create(_ tables: ArraySlice<TableToNormalise>) throws(WorkspaceError) -> Bool {
        var rest = tables
        while !rest.isEmpty {
            let part = Array(rest.prefix(Self.textsAtOnce))
            rest = rest.dropFirst(part.count)
            var answers = 0
            var refusal: (table: TableToNormalise, error: MySQLError)?
            do throws(MySQLError) {
                try connection.pipeline(part.map(\.text)) { place, answer in
                    answers += 1
                    guard case .failure(let error) = answer, refusal == nil else { return }
                    refusal = (part[place], error)
                }
            } catch {
                throw WorkspaceError(error, while: creating(part[min(answers, part.count - 1)]))
            }
            guard let refusal else { continue }
            guard refusal.error.isAboutStatement else {
                throw WorkspaceError(refusal.error, while: creating(refusal.table))
            }
            return false
        }
        return true
    }

    func creating(_ table: TableToNormalise) -> String {
        "creating table \(SQL.identifier(table.name))"
    }

    /// The tables as the server shows them, by name; nil where one is not there.
    private func shown(
        _ tables: [TableToNormalise]
    ) throws(WorkspaceError) -> [String: CatalogTable]? {
        var result: [String: CatalogTable] = [:]
        for (table, made) in zip(tables, try read(tables.map(\.name))) {
            guard let made else { return nil }
            result[table.name] = made
        }
        return result
    }

    /// Tables in the workspace, nil for one that does not exist.
    func read(_ tables: [String]) throws(WorkspaceError) -> [CatalogTable?] {
        do throws(MySQLError) {
            return try LiveTable.read(tables, database: name, on: connection, catalog: catalog)
        } catch {
            throw WorkspaceError(error, while: "reading \(tables.count) tables")
        }
    }
}

extension CreationOrder {
    /// The tables in their order, divided where foreign keys begin or end to be checked.
    fileprivate var runs: [ArraySlice<TableToNormalise>] {
        var runs: [ArraySlice<TableToNormalise>] = []
        var start = tables.startIndex
        for place in tables.indices.dropFirst()
        where unchecked.contains(tables[place].name)
            != unchecked.contains(tables[place - 1].name)
        {
            runs.append(tables[start..<place])
            start = place
        }
        if start < tables.endIndex { runs.append(tables[start...]) }
        return runs
    }
}

extension MySQLError {
    /// Whether the statement is the reason, and not the server or the account.
    var isAboutStatement: Bool { retry == .permanent && !kind.isAboutServerOrAccount }
}
