import Basics
import Ledger
import Reconciler

/// What somebody was told of an environment, as the ledger keeps it: what is so now and is not in
/// it is told, whichever process comes to it first.
struct ToldRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    var version = 1
    /// How often something was told.
    var number = 0
    /// Of what state it was told last; see ``Situation/asOf``.
    var asOf: Int64 = 0
    /// The transition up to which the audit trail was told.
    var place: String
    /// The shards by namespace of which drift was told, and not yet its end.
    var drifted: [String: Set<String>] = [:]
    /// The same of shards that cannot be read.
    var unknown: [String: Set<String>] = [:]
    /// The digests of the steps of which it was told that they wait.
    var waiting: Set<String> = []

    /// That of somebody who was told nothing yet: what happened before is not told.
    init(from commit: ObjectID) { place = commit.hex }

    /// What is kept of a target; nil where it was told nothing yet.
    static func read(
        _ target: String, in records: some RecordReader
    ) throws(LedgerError) -> ToldRecord? {
        let path = RecordPath.told(target)
        guard let record = try records.read(ToldRecord.self, at: path) else { return nil }
        guard record.version == 1 else {
            throw LedgerError(
                .invalid, "\(path): a newer plumb wrote it (version \(record.version))",
                remedy: "use that release, or a newer one")
        }
        return record
    }

    private enum CodingKeys: String, CodingKey {
        case version, number, asOf, place, drifted, unknown, waiting
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(Int.self, forKey: .version)
        number = try values.decode(Int.self, forKey: .number)
        asOf = try values.decode(Int64.self, forKey: .asOf)
        place = try values.decode(String.self, forKey: .place)
        drifted = try values.decode([String: Set<String>].self, forKey: .drifted)
        unknown = try values.decode([String: Set<String>].self, forKey: .unknown)
        waiting = try values.decode(Set<String>.self, forKey: .waiting)
    }

    /// Names in their order, so that the same record is always the same document.
    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(version, forKey: .version)
        try values.encode(number, forKey: .number)
        try values.encode(asOf, forKey: .asOf)
        try values.encode(place, forKey: .place)
        try values.encode(drifted.mapValues { $0.sorted() }, forKey: .drifted)
        try values.encode(unknown.mapValues { $0.sorted() }, forKey: .unknown)
        try values.encode(waiting.sorted(), forKey: .waiting)
    }
}
