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

    /// The proofs of changes: of those that the workspace made already, of those that share a
    /// visit, and then of each that is left, in several workspaces at a time.
    ///
    /// Nil for one that was not proved: proved once more by itself, it says why.
    private func prove(
        _ questions: [ChangeToProve], profile: ServerProfile, server: ServerAddress
    ) throws -> [Proof?] {
        var proofs = try workspaces.use(for: profile, server: server) {
            (workspace) throws(WorkspaceError) in questions.map(workspace.knownProof)
        }
        func open() -> [Int] { questions.indices.filter { proofs[$0] == nil } }
        let rest = open()
        let visits = ProofVisits.shared(rest.map { questions[$0] }, by: workspaces.hands)
            .map { $0.map { rest[$0] } }
        let found = try workspaces.share(visits, for: profile, server: server) {
            (workspace, visit) throws(WorkspaceError) in
            try workspace.proveTogether(visit.map { questions[$0] })
        }
        for (visit, found) in zip(visits, found) {
            for (place, proof) in zip(visit, found) { proofs[place] = proof }
        }
        let single = open()
        guard single.count > 1 else { return proofs }
        let alone = try workspaces.share(single, for: profile, server: server) {
            (workspace, place) throws(WorkspaceError) in
            try workspace.proofIfAny(of: questions[place])
        }
        for (place, proof) in zip(single, alone) { proofs[place] = proof }
        return proofs
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
