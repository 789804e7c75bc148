import Diff
import Model
import Observed
import Schema

/// Changes of tables, remembered or proved together in the workspace.
extension PlanStage {
    /// The statements of each change; nil for one that has to be proved by itself.
    func proveTogether(
        _ changes: [Planner.Change], profile: ServerProfile, server: ServerAddress?
    ) throws -> [[PlanStatement]?] {
        var answers: [[PlanStatement]?] = []
        var open: [(place: Int, identity: Digest)] = []
        for (place, change) in changes.enumerated() {
            let identity = try change.identity(flavour: profile.flavour)
            answers.append(try cache.proof(of: identity, profile: profile, in: snapshot))
            if answers[place] == nil { open.append((place, identity)) }
        }
        guard let server, open.count > 1 else { return answers }
        let proofs = try prove(
            open.map { ChangeToProve(changes[$0.place]) }, profile: profile, server: server)
        for (change, proof) in zip(open, proofs) {
            guard let proof else { continue }
            cache.keep(proof.statements.compactMap { $0.after })
            cache.remember(proof.statements, for: change.identity, profile: profile)
            answers[change.place] = proof.statements
        }
        return answers
    }

    /// The proofs of changes: of those that the workspace made already, then of one of those that
    /// are the same but for their names, which is enough for all of them, and then of each that is
    /// left.
    ///
    /// Nil for one that was not proved: proved once more by itself, it says why.
    private func prove(
        _ questions: [ChangeToProve], profile: ServerProfile, server: ServerAddress
    ) throws -> [Proof?] {
        var proofs = try workspaces.use(for: profile, server: server) {
            (workspace) throws(WorkspaceError) in questions.map(workspace.knownProof)
        }
        func open() -> [Int] { questions.indices.filter { proofs[$0] == nil } }
        var alike = AlikeChanges()
        for place in open() {
            alike.add(place, ChangePattern(questions[place], profile: profile))
        }
        try prove(questions, alike.first, into: &proofs, profile: profile, server: server)
        for (place, proof) in alike.proofs(from: proofs, in: catalog) { proofs[place] = proof }
        let failed = Set(alike.first)
        let rest = open().filter { !failed.contains($0) }
        try prove(questions, rest, into: &proofs, profile: profile, server: server)
        return proofs
    }

    /// Proves the changes at `places`: those that share a visit, and then each that is left, in
    /// several workspaces at a time.
    private func prove(
        _ questions: [ChangeToProve], _ places: [Int], into proofs: inout [Proof?],
        profile: ServerProfile, server: ServerAddress
    ) throws {
        let visits = ProofVisits.shared(places.map { questions[$0] }, by: workspaces.hands)
            .map { $0.map { places[$0] } }
        let found = try workspaces.share(visits, for: profile, server: server) {
            (workspace, visit) throws(WorkspaceError) in
            try workspace.proveTogether(visit.map { questions[$0] })
        }
        for (visit, found) in zip(visits, found) {
            for (place, proof) in zip(visit, found) { proofs[place] = proof }
        }
        let single = places.filter { proofs[$0] == nil }
        let alone = try workspaces.share(single, for: profile, server: server) {
            (workspace, place) throws(WorkspaceError) in
            try workspace.proofIfAny(of: questions[place])
        }
        for (place, proof) in zip(single, alone) { proofs[place] = proof }
    }
}

/// Which changes are the same but for their names.
private struct AlikeChanges {
    /// One of each kind, and those that are like no other, as places in a list of changes.
    private(set) var first: [Int] = []
    private var patterns: [Int: ChangePattern] = [:]
    private var places: [Digest: Int] = [:]
    /// The others, each with the one that it is like.
    private var others: [(place: Int, like: Int)] = []

    mutating func add(_ place: Int, _ pattern: ChangePattern?) {
        patterns[place] = pattern
        guard let digest = pattern?.digest else { return first.append(place) }
        if let like = places[digest] { return others.append((place, like)) }
        places[digest] = place
        first.append(place)
    }

    /// The proofs of the others, of those that can be made of one that is known.
    func proofs(
        from known: [Proof?], in catalog: ObjectCatalog
    ) -> [(place: Int, proof: Proof)] {
        others.compactMap { place, like in
            guard let proof = known[like], let other = patterns[like],
                let made = patterns[place]?.proof(from: proof, of: other, in: catalog)
            else { return nil }
            return (place, made)
        }
    }
}

extension Workspace {
    /// The proof of a change; nil where the server does not carry it out as expected.
    fileprivate func proofIfAny(of change: ChangeToProve) throws(WorkspaceError) -> Proof? {
        do throws(WorkspaceError) {
            return try prove(change)
        } catch {
            switch error.code {
            case .notProved, .rejected: return nil
            case .unavailable: throw error
            }
        }
    }
}

extension ChangeToProve {
    init(_ change: Planner.Change) {
        self.init(
            from: change.from, to: change.to, table: change.renamedFrom ?? change.table,
            alterations: change.alterations, parents: change.parents,
            checksForeignKeys: change.checksForeignKeys, spelling: change.spelling)
        refused = Set(change.refused.map(\.statement))
    }
}

extension Planner.Change {
    /// The digest under which its proof is kept: of both tables and the clauses between them.
    func identity(flavour: ServerProfile.Flavour) throws -> Digest {
        struct Identity: Encodable {
            let table: String
            let kind: PlanStep.Kind
            let from: Digest?
            let to: Digest?
            let statements: [String]
            let checksForeignKeys: Bool
            let parents: [Digest]
            let spelling: String?
            /// Left out where no statement was refused.
            let refused: [String]?
            /// Left out where it makes no difference, so that proofs of older releases stay valid.
            let readsRows: Bool?
            let numbersZeros: [Bool]?
        }
        let zeros = alterations.compactMap { $0.numbersZeros(flavour: flavour) }
        return try CanonicalForm.digest(
            of: Identity(
                table: table, kind: kind, from: from?.digest, to: to?.digest,
                statements: alterations.map { $0.sql(table: table, flavour: flavour) },
                checksForeignKeys: checksForeignKeys, parents: parents.map(\.digest),
                spelling: spelling,
                refused: refused.isEmpty ? nil : refused.map(\.statement).sorted(),
                readsRows: mustReadRows(flavour) ? true : nil,
                numbersZeros: zeros.isEmpty ? nil : zeros))
    }

    /// Whether a statement must read the rows, which a faster algorithm would not.
    private func mustReadRows(_ flavour: ServerProfile.Flavour) -> Bool {
        guard var table = from?.table else { return false }
        for alteration in alterations {
            if alteration.mustReadRows(of: table, flavour: flavour) { return true }
            guard let next = try? table.applying(alteration) else { return true }
            table = next
        }
        return false
    }
}
