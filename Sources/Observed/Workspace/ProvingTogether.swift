import Diff
import MySQLClient
import Schema

extension Workspace {
    /// Proves many changes, as many as can be in each visit of the workspace.
    ///
    /// Nil for each that has to be proved alone: because of what it is, or because something was
    /// not as expected, of which ``prove(_:)-(ChangeToProve)`` finds the reason. An answer is the
    /// one that it would give. Costs few statements for each change, and no wait for each of them.
    ///
    /// - Parameter changes: parents of foreign keys that are made come first.
    package func proveTogether(_ changes: [ChangeToProve]) throws(WorkspaceError) -> [Proof?] {
        var proofs = changes.map(knownProof)
        let open = changes.indices.filter { proofs[$0] == nil }
        for visit in ProofVisits(open.map { changes[$0] }).visits where visit.count > 1 {
            let places = visit.map { open[$0] }
            let found = try startingEmpty { () throws(WorkspaceError) in
                var visit = Visit(workspace: self, changes: places.map { changes[$0] })
                return try visit.proofs()
            }
            for (place, proof) in zip(places, found) { proofs[place] = proof }
        }
        return proofs
    }

    /// The proof of a change that this workspace has carried out already, as a file asks for the
    /// same statement; nil where it has not.
    package func knownProof(of change: ChangeToProve) -> Proof? {
        creations.proof(of: change, flavour: profile.flavour) { sql in
            try? textGuard.checkedDefinition(sql, "table \(SQL.identifier(change.table))")
        }
    }
}

/// One visit of the workspace, in which several changes are proved step by step.
private struct Visit {
    let workspace: Workspace
    let changes: [ChangeToProve]
    /// Whether everything about a change was as expected so far.
    var isGood: [Bool]
    /// For each change the statement that changed its table.
    var statements: [PlanStatement?]
    /// Tables that are not in the workspace as they should be.
    var spoiled: Set<String> = []

    private var flavour: ServerProfile.Flavour { workspace.profile.flavour }

    init(workspace: Workspace, changes: [ChangeToProve]) {
        self.workspace = workspace
        self.changes = changes
        isGood = Array(repeating: true, count: changes.count)
        statements = Array(repeating: nil, count: changes.count)
    }

    mutating func proofs() throws(WorkspaceError) -> [Proof?] {
        try makeParents()
        try makeLiveTables()
        try create()
        try alter()
        return try results()
    }

    // MARK: What is there before

    private mutating func makeParents() throws(WorkspaceError) {
        let created = Set(changes.filter { $0.from == nil }.map(\.table))
        var script = Script()
        var names: [String] = []
        var seen: Set<String> = []
        for change in changes {
            let own = change.names
            for parent in change.parents {
                guard var table = parent.table, !created.contains(table.name),
                    !own.contains(table.name), seen.insert(table.name).inserted
                else { continue }
                table.foreignKeys = []
                names.append(table.name)
                guard let sql = checked(table.createStatement(flavour: flavour), table.name) else {
                    spoiled.insert(table.name)
                    continue
                }
                script.add(sql, checks: false, of: names.count - 1)
            }
        }
        for place in try script.run(in: workspace, changing: { names[$0] }) {
            spoiled.insert(names[place])
        }
    }

    private mutating func makeLiveTables() throws(WorkspaceError) {
        var script = Script()
        for (place, change) in changes.enumerated() {
            guard let from = change.from else { continue }
            guard let sql = checked(from.createStatement(flavour: flavour), change.table) else {
                isGood[place] = false
                continue
            }
            script.add(sql, checks: false, of: place)
        }
        try run(script)
        let places = changes.indices.filter { isGood[$0] && changes[$0].from != nil }
        let made = try workspace.read(places.map { changes[$0].table })
        for (place, made) in zip(places, made) {
            guard let from = changes[place].from, made?.digest == from.digest else {
                isGood[place] = false
                continue
            }
        }
    }

    /// The statement to send, made from another server's definition; nil where it is not sent.
    private func checked(_ sql: String, _ table: String) -> String? {
        try? workspace.textGuard.checkedDefinition(sql, "table \(SQL.identifier(table))")
    }

    // MARK: Changes

    private mutating func create() throws(WorkspaceError) {
        var script = Script()
        for (place, change) in changes.enumerated() where change.from == nil {
            guard let to = change.to else { continue }
            let sql =
                to.table?.createStatement(flavour: flavour)
                ?? to.createStatement(flavour: flavour)
            script.add(sql, checks: change.checksForeignKeys, of: place)
            statements[place] = PlanStatement(
                sql: sql, checksForeignKeys: change.checksForeignKeys, after: to.digest)
        }
        try run(script)
    }

    /// Tries the variants of all statements, round by round from the cheapest.
    private mutating func alter() throws(WorkspaceError) {
        var probes = try probes()
        var numbers: [String: String]?
        var hasLooked = false
        while !probes.isEmpty {
            var script = Script()
            for (place, probe) in probes.sorted(by: { $0.key < $1.key }) {
                guard let candidate = probe.candidates.first else { continue }
                script.add(
                    probe.probe.sql(candidate), checks: changes[place].checksForeignKeys, of: place)
            }
            let looks = probes.values.contains { $0.candidates.first?.keepsRows == false }
            if looks, !hasLooked {
                numbers = workspace.tableNumbers()
                hasLooked = true
            }
            let refused = Set(try script.run(in: workspace, changing: { changes[$0].table }))
            let after = looks ? workspace.tableNumbers() : nil
            for (place, probe) in probes where !refused.contains(place) {
                probes[place] = nil
                guard let candidate = probe.candidates.first else { continue }
                accept(candidate, of: probe.probe, place, numbers, after)
            }
            for place in refused {
                probes[place]?.candidates.removeFirst()
                if probes[place]?.candidates.isEmpty != false {
                    probes[place] = nil
                    isGood[place] = false
                }
            }
        }
    }

    private struct Waiting {
        let probe: AlgorithmProbe
        var candidates: [AlgorithmProbe.Candidate]
    }

    private func probes() throws(WorkspaceError) -> [Int: Waiting] {
        var probes: [Int: Waiting] = [:]
        for (place, change) in changes.enumerated() where isGood[place] {
            guard let from = change.from, let alteration = change.alterations.first else {
                continue
            }
            let probe = AlgorithmProbe(
                workspace: workspace, table: change.table, alteration: alteration,
                onlyByCopy: workspace.copiesTemporals(alteration, of: from),
                mustReadRows: workspace.mustReadRows(alteration, of: from))
            probes[place] = Waiting(probe: probe, candidates: probe.candidates)
        }
        return probes
    }

    private mutating func accept(
        _ candidate: AlgorithmProbe.Candidate, of probe: AlgorithmProbe, _ place: Int,
        _ before: [String: String]?, _ after: [String: String]?
    ) {
        let change = changes[place]
        var rebuilt: Bool? = false
        if !candidate.keepsRows {
            rebuilt = nil
            if let before, let after {
                let names = change.names.map { "\(workspace.name)/\($0)" }
                guard let own = before["\(workspace.name)/\(change.table)"],
                    names.contains(where: { after[$0] != nil })
                else {
                    isGood[place] = false
                    return
                }
                rebuilt = !names.contains { after[$0] == own }
            }
        }
        let accepted = probe.accepted(candidate, probe.sql(candidate), rebuilt)
        // There may be a cheaper way, in two statements.
        if accepted.rebuildsTable,
            probe.alteration.withIndexesApart(from: change.from?.table) != nil
        {
            isGood[place] = false
        }
        statements[place] = PlanStatement(
            sql: accepted.sql, checksForeignKeys: change.checksForeignKeys, after: nil,
            algorithm: accepted.algorithm, lock: accepted.lock,
            rebuildsTable: accepted.rebuildsTable)
    }

    private mutating func run(_ script: Script) throws(WorkspaceError) {
        let refused = try script.run(in: workspace) { changes[$0].table }
        for place in refused { isGood[place] = false }
    }

    // MARK: What is there afterwards

    private mutating func results() throws(WorkspaceError) -> [Proof?] {
        let places = changes.indices.filter { isGood[$0] }
        let names = places.map { place in
            changes[place].alterations.first?.newName ?? changes[place].table
        }
        var finals = Dictionary(
            uniqueKeysWithValues: zip(places, try workspace.read(names)))
        var proofs: [Proof?] = []
        for (place, change) in changes.enumerated() {
            let final = (finals.removeValue(forKey: place) ?? nil)?
                .inFormat(of: change.from, statements[place]?.algorithm, flavour)
            if change.from == nil, final?.digest != change.to?.digest || !isGood[place] {
                spoiled.insert(change.table)
            }
            proofs.append(proof(place, final))
        }
        return proofs
    }

    private func proof(_ place: Int, _ final: CatalogTable?) -> Proof? {
        let change = changes[place]
        let isAlone = change.parents.contains { parent in
            parent.table.map { spoiled.contains($0.name) && !change.names.contains($0.name) }
                ?? true
        }
        guard isGood[place], !isAlone, let final, let to = change.to,
            var statement = statements[place]
        else { return nil }
        statement.after = final.digest
        let proof = Proof(statements: [statement], final: final)
        return proof.leads(to: to) ? proof : nil
    }
}

extension CatalogTable {
    fileprivate func inFormat(
        of live: CatalogTable?, _ algorithm: Algorithm?, _ flavour: ServerProfile.Flavour
    ) -> CatalogTable {
        guard let live, algorithm != .copy else { return self }
        return inFormat(of: live, flavour)
    }
}

/// Statements that are sent ahead of their answers, each for one of several changes.
private struct Script {
    private var statements: [String] = []
    /// For each statement the change that it belongs to; nil for those about the session.
    private var owners: [Int?] = []
    private var checks: Bool?

    /// - Parameter checks: the value of `foreign_key_checks` for the statement.
    mutating func add(_ sql: String, checks wanted: Bool, of owner: Int) {
        if checks != wanted {
            checks = wanted
            statements.append("SET SESSION foreign_key_checks = \(wanted ? 1 : 0)")
            owners.append(nil)
        }
        statements.append(sql)
        owners.append(owner)
    }

    /// Runs the statements; returns the changes of those that were refused.
    ///
    /// - Parameter changing: the table of a change, for errors.
    func run(
        in workspace: Workspace, changing: (Int) -> String
    ) throws(WorkspaceError) -> [Int] {
        var refused: [Int] = []
        var answers = 0
        var failure: MySQLError?
        do throws(MySQLError) {
            try workspace.connection.pipeline(statements) { place, answer in
                answers += 1
                guard case .failure(let error) = answer else { return }
                if let owner = owners[place] {
                    refused.append(owner)
                } else {
                    failure = failure ?? error
                }
            }
            if let failure { throw failure }
        } catch {
            let owner = owners.dropFirst(answers).lazy.compactMap(\.self).first
            let table = owner.map { " of \(SQL.identifier(changing($0)))" } ?? "s"
            throw WorkspaceError(error, while: "proving a change\(table)")
        }
        return refused
    }
}
