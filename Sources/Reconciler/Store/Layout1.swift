import Diff
import Ledger
import Model
import Schema

/// A ledger in layout 1: a folder for each kind of record, as wide as there are records, shards
/// with all of their tables in one document, and the uses of an approval within its record.
enum Layout1 {
    /// A document of the present layout with its bytes, or the path of one that goes (nil).
    typealias Edit = (path: LedgerPath, bytes: [UInt8]?)

    /// What makes the present layout of `documents`; the paths that go come first.
    ///
    /// Nothing is left out: what is not known stays where it is.
    static func edits(_ documents: LedgerSnapshot) throws(LedgerError) -> [Edit] {
        var conversion = Conversion(documents)
        for path in try documents.paths(below: .root) { try conversion.convert(path) }
        return conversion.gone.map { ($0, nil) } + conversion.made
    }
}

/// The edits so far.
private struct Conversion {
    private let documents: LedgerSnapshot
    private(set) var gone: [LedgerPath] = []
    private(set) var made: [Layout1.Edit] = []

    init(_ documents: LedgerSnapshot) {
        self.documents = documents
    }

    mutating func convert(_ path: LedgerPath) throws(LedgerError) {
        guard let bytes = try documents.read(path) else { return }
        let names = path.components
        switch (names.first, names.count) {
        case ("fleet", 3):
            let shard = ShardID(namespace: names[1], shard: names[2])
            made += try ShardDocuments.all(of: decode(ShardRecord.self, bytes, path), shard)
        case ("catalog", 2): try move(names[1], bytes, path, to: RecordPath.catalog)
        case ("plans", 2): try move(names[1], bytes, path, to: RecordPath.plan)
        case ("normalised", 3), ("proofs", 3): try convertAnswer(names, bytes, path)
        case ("approvals", 2): try convertApproval(bytes, path)
        case ("rollouts", 3): try convertRollout(names, bytes, path)
        case ("rollouts", 6):
            made.append((RecordPath.operation(names[1], Self.key(names[3...])), bytes))
        case ("pending", 4):
            made += try PendingDocuments.all(of: decode(PendingRecord.self, bytes, path))
        case ("refusals", 4): made.append((RecordPath.refusal(Self.key(names[1...])), bytes))
        default: return
        }
        gone.append(path)
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], _ path: LedgerPath
    ) throws(LedgerError) -> Value {
        try CanonicalJSON.decode(type, from: bytes, at: path)
    }

    private static func key(_ names: ArraySlice<String>) -> OperationKey {
        let names = Array(names)
        return OperationKey(
            shard: ShardID(namespace: names[0], shard: names[1]),
            object: ObjectName(encoded: names[2]))
    }

    private func digest(_ name: String, _ path: LedgerPath) throws(LedgerError) -> Digest {
        guard let digest = Digest(hex: name) else {
            throw LedgerError(
                .damaged, "\(path): the name is no digest",
                remedy: "restore the branch from before")
        }
        return digest
    }

    private mutating func move(
        _ name: String, _ bytes: [UInt8], _ path: LedgerPath, to place: (Digest) -> LedgerPath
    ) throws(LedgerError) {
        made.append((place(try digest(name, path)), bytes))
    }

    private mutating func convertAnswer(
        _ names: [String], _ bytes: [UInt8], _ path: LedgerPath
    ) throws(LedgerError) {
        let profile = try digest(names[1], path)
        let subject = try digest(names[2], path)
        made.append(
            (
                names[0] == "proofs"
                    ? RecordPath.proof(profile: profile, change: subject)
                    : RecordPath.normalised(profile: profile, schema: subject), bytes
            ))
    }

    private mutating func convertApproval(
        _ bytes: [UInt8], _ path: LedgerPath
    ) throws(LedgerError) {
        let record = try decode(ApprovalRecord.self, bytes, path)
        // Under the name that it had: an audit tells of one that is the record of another step.
        let name = try digest(path.components[1], path)
        made += try ApprovalDocuments.all(of: record, under: name)
    }

    private mutating func convertRollout(
        _ names: [String], _ bytes: [UInt8], _ path: LedgerPath
    ) throws(LedgerError) {
        let record = try decode(RolloutRecord.self, bytes, path)
        made.append((RecordPath.rollout(names[1]), bytes))
        if !record.state.isTerminal {
            made.append((RecordPath.open(names[1]), RolloutDocuments.mark))
        }
    }
}
