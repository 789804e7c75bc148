import Diff
import MySQLClient
import Schema

/// A view, trigger, routine, event or sequence from git, to be normalised by a server.
package struct ObjectToNormalise: Sendable {
    /// The name as the server compares it; see ``NameFolding/stored(_:)``.
    package let name: ObjectName
    /// One `CREATE` statement that names the object without a database.
    package let text: String
    package let location: SourceLocation

    package init(name: ObjectName, text: String, location: SourceLocation) {
        self.name = name
        self.text = text
        self.location = location
    }
}

extension Workspace {
    /// Creates the objects in an order that works, and reads each as the server prints it.
    ///
    /// Each is created again from the printed text and must then print the same: that text is what
    /// will run on the shards.
    func createAndRead(
        _ objects: [ObjectToNormalise]
    ) throws(WorkspaceError) -> [String: CatalogTable] {
        var rejected: [RejectedTable] = []
        var fit: [(object: ObjectToNormalise, source: ObjectDefinition)] = []
        let functions = Set(
            objects.filter { $0.name.kind == .function }.map { $0.name.name.lowercased() })
        for object in objects.sorted(by: { $0.name.precedes($1.name) }) {
            switch textGuard.definition(of: object, functions: functions) {
            case .success(let definition): fit.append((object, definition))
            case .failure(let rejection): rejected.append(rejection)
            }
        }
        // In this order each trigger is created after those that run before it.
        fit = TriggerSequence.sorted(fit, \.source)
        var made: Set<ObjectName> = []
        var waiting = fit
        var refusals: [RejectedTable] = []
        repeat {
            let before = waiting.count
            refusals = []
            var left: [(object: ObjectToNormalise, source: ObjectDefinition)] = []
            for item in waiting {
                // Events and functions must not run here, so they are created disabled or uncalled.
                if let refusal = try create(
                    item.source.disabled.nondeterministicCopy.text, item.object)
                {
                    refusals.append(refusal)
                    left.append(item)
                } else {
                    made.insert(item.object.name)
                }
            }
            waiting = left
            if waiting.count == before { break }
        } while !waiting.isEmpty
        rejected += refusals
        var result: [String: CatalogTable] = [:]
        // Functions get their real definition last: servers may call them while creating a view.
        let last = fit.filter { $0.source.nondeterministicCopy != $0.source }
        let first = fit.filter { $0.source.nondeterministicCopy == $0.source }
        for (object, source) in first + last where made.contains(object.name) {
            if source.nondeterministicCopy != source {
                try run(source.drop, while: "making the \(object.name)")
                if let refusal = try create(source.text, object) {
                    rejected.append(refusal)
                    continue
                }
            }
            switch try settle(object, source) {
            case .success(let definition):
                result[object.name.encoded] = catalog.object(definition, flavour: profile.flavour)
            case .failure(let rejection): rejected.append(rejection)
            }
        }
        guard rejected.isEmpty else { throw WorkspaceError(rejected: rejected) }
        return result
    }

    /// How often a text is created again before it is rejected as unstable.
    private static let rounds = 3

    /// The definition that the server prints again when its text is run.
    private func settle(
        _ object: ObjectToNormalise, _ source: ObjectDefinition
    ) throws(WorkspaceError) -> Result<ObjectDefinition, RejectedTable> {
        guard var current = try read(object.name, as: source) else {
            return .failure(
                RejectedTable(
                    object, reason: "the server dropped it at once: its schedule may be over"))
        }
        guard object.name.kind != .sequence else { return .success(current) }
        guard object.name.kind != .event || current.isDisabled else {
            try run(current.drop, while: "dropping an event that is not asleep")
            return .failure(
                RejectedTable(
                    object, reason: "the server enables it although it is created with DISABLE"))
        }
        for _ in 0..<Self.rounds {
            for sql in current.disabled.replacement(of: current, flavour: profile.flavour) {
                let sql = current.withSettings(sql, in: profile)
                if let refusal = try create(sql, object) { return .failure(refusal) }
            }
            guard let next = try read(object.name, as: source) else { break }
            guard next.predecessors == source.predecessors else {
                return .failure(
                    RejectedTable(
                        object, reason: "the server does not run it where FOLLOWS or PRECEDES say"))
            }
            if next == current { return .success(current.withStatus(of: source)) }
            current = next
        }
        return .failure(
            RejectedTable(
                object, reason: "each time it is created, the server shows another definition"))
    }

    /// The object on the server, without the clauses that `source` leaves out.
    private func read(
        _ name: ObjectName, as source: ObjectDefinition
    ) throws(WorkspaceError) -> ObjectDefinition? {
        try read(name)?.omitting(source.omittedClauses).ordered(like: source)
    }

    private func read(_ name: ObjectName) throws(WorkspaceError) -> ObjectDefinition? {
        do throws(MySQLError) {
            return try LiveObject.read(
                name, database: self.name, on: connection, catalog: catalog)?.object
        } catch {
            throw WorkspaceError(error, while: "reading the \(name)")
        }
    }

    private func create(
        _ sql: String, _ object: ObjectToNormalise
    ) throws(WorkspaceError) -> RejectedTable? {
        do throws(MySQLError) {
            try connection.executeUnderItsSettings(sql)
            return nil
        } catch {
            let reason = try refusal(error, while: "creating the \(object.name)")
            return RejectedTable(object, reason: reason)
        }
    }

    /// Proves that the statements for a sequence's change turn it into `to`, and that after each
    /// of them it is what the plan says.
    package func prove(
        sequence from: ObjectDefinition, becomes to: ObjectDefinition
    ) throws(WorkspaceError) {
        let steps = SequenceChange(from: from, to: to)?.steps ?? []
        try startingEmpty { () throws(WorkspaceError) in
            try makeShown(from.create, from.name.name)
            for step in steps {
                try runProved(step.sql, to.name.name)
                guard try read(to.name) == step.after else { throw Self.unchangeable(to.name) }
            }
        }
        guard steps.last?.after == to else { throw Self.unchangeable(to.name) }
    }

    private static func unchangeable(_ name: ObjectName) -> WorkspaceError {
        WorkspaceError(
            .notProved, "\(name.name): the server does not make this change of a sequence",
            remedy: "drop the sequence and create it anew")
    }
}

extension RejectedTable {
    init(_ object: ObjectToNormalise, reason: String) {
        self.init(table: object.name.encoded, location: object.location, reason: reason)
    }
}
