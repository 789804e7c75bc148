import Diff
import Model
import Observed
import Schema

/// The statements of a step over several tables, remembered or proved in the workspace.
extension PlanStage {
    func prove(
        _ group: Planner.Group, profile: ServerProfile, server: ServerAddress?
    ) throws -> [PlanStatement] {
        let identity = try group.identity(flavour: profile.flavour)
        if let known = try cache.proof(of: identity, profile: profile, in: snapshot) {
            return known
        }
        guard let server else {
            throw NotProved(reason: "no server of its kind can be reached to prove the change")
        }
        var question = GroupToProve(
            members: group.members.map { member in
                GroupToProve.Member(
                    from: member.from, to: member.to, table: member.liveName ?? member.table)
            }, statements: group.statements, parents: group.parents)
        question.refused = Set(group.refused.map(\.statement))
        do throws(WorkspaceError) {
            let proved = try workspaces.use(for: profile, server: server) {
                (workspace) throws(WorkspaceError) in try workspace.prove(question)
            }
            let statements = group.planStatements(proved)
            cache.keep(statements.flatMap { $0.tables ?? [] }.compactMap(\.digest))
            cache.remember(statements, for: identity, profile: profile)
            return statements
        } catch {
            switch error.code {
            case .notProved, .rejected: throw NotProved(reason: "\(error)")
            case .unavailable: throw error
            }
        }
    }
}

extension Planner.Group {
    /// The digest under which its proof is kept.
    fileprivate func identity(flavour: ServerProfile.Flavour) throws -> Digest {
        struct Identity: Encodable {
            let tables: [ObjectName]
            let from: [Digest?]
            let to: [Digest?]
            let statements: [String]
            let checks: [Bool]
            let parents: [Digest]
            /// Left out where no statement was refused.
            let refused: [String]?
        }
        return try CanonicalForm.digest(
            of: Identity(
                tables: members.map(\.object), from: members.map(\.from?.digest),
                to: members.map(\.to?.digest),
                statements: statements.map { $0.sql(flavour: flavour) },
                checks: statements.map(\.checksForeignKeys), parents: parents.map(\.digest),
                refused: refused.isEmpty ? nil : refused.map(\.statement).sorted()))
    }

    /// The proved statements, each with the digests of all members after it.
    fileprivate func planStatements(_ proved: [ProvedStatement]) -> [PlanStatement] {
        var digests = Dictionary(
            members.map { ($0.object, $0.from?.digest) }, uniquingKeysWith: { $1 })
        return zip(zip(statements, rowsInTheWay), proved).map { statement, proof in
            let changed = proof.changed.map { change in
                TableDigest(object: members[change.member].object, digest: change.table?.digest)
            }.sorted { $0.object < $1.object }
            for change in changed { digests[change.object] = .some(change.digest) }
            return PlanStatement(
                sql: proof.sql, checksForeignKeys: statement.0.checksForeignKeys,
                after: PlanStep.digest(of: digests), tables: changed, rowsInTheWay: statement.1,
                algorithm: proof.algorithm, lock: proof.lock, rebuildsTable: proof.rebuildsTable,
                numbersZeros: proof.numbersZeros)
        }
    }
}
