import Diff
import Model
import Schema

/// Which operations of a shard need each other, from what the pass knows of its tables.
///
/// Shards of one class with the same operations have the same order, which is found once.
struct ChangeOrders {
    private let comparison: Comparison
    private let lookup: (Digest) -> CatalogTable?
    /// The class of each shard.
    private let variants: [ShardID: Int]
    private var known: [Key: ChangeOrder] = [:]
    /// The live tables of a class; nil where one of them is not understood.
    private var live: [Int: [Table]?] = [:]

    private struct Key: Hashable {
        let variant: Int
        let changes: [Change]
    }

    private struct Change: Hashable {
        let object: ObjectName
        let from: Digest?
        let to: Digest?
    }

    init(_ comparison: Comparison, lookup: @escaping (Digest) -> CatalogTable?) {
        self.comparison = comparison
        self.lookup = lookup
        var variants: [ShardID: Int] = [:]
        for (place, variant) in comparison.variants.enumerated() {
            let namespace = comparison.schemas[variant.schema].namespace
            for shard in variant.shards {
                variants[ShardID(namespace: namespace, shard: shard)] = place
            }
        }
        self.variants = variants
    }

    /// The order of `steps`, which are in the order of the plan; one after another where not all is
    /// known about the shard.
    mutating func order(of steps: [PlanStep], on shard: ShardID) -> ChangeOrder {
        guard steps.count > 1, let variant = variants[shard] else { return .sequence }
        let key = Key(
            variant: variant,
            changes: steps.map { Change(object: $0.object, from: $0.from, to: $0.to) })
        if let order = known[key] { return order }
        let order: ChangeOrder
        if let live = liveTables(of: variant) {
            order = ChangeOrder(
                ChangeClaims.claims(of: steps.map(passages), live: live))
        } else {
            order = .sequence
        }
        known[key] = order
        return order
    }

    private mutating func liveTables(of variant: Int) -> [Table]? {
        if let found = live[variant] { return found }
        var tables: [Table]? = []
        for (name, digest) in comparison.variants[variant].live.tables
        where ObjectName(encoded: name).kind == .table {
            guard let table = lookup(digest)?.table else {
                tables = nil
                break
            }
            tables?.append(table)
        }
        live[variant] = .some(tables)
        return tables
    }

    /// The tables of a step on their way; nil where it is not of tables, or one is not understood.
    private func passages(of step: PlanStep) -> [ChangeClaims.Passage]? {
        var passages: [ChangeClaims.Passage] = []
        for member in step.tables {
            guard member.object.kind == .table, let from = table(member.from),
                let to = table(member.to)
            else { return nil }
            passages.append(
                ChangeClaims.Passage(
                    from: from, to: to,
                    names: [member.object.name] + (member.renamedFrom.map { [$0.name] } ?? [])))
        }
        return passages
    }

    /// The inner nil is an absent table, the outer one a table that is not understood.
    private func table(_ digest: Digest?) -> Table?? {
        guard let digest else { return .some(nil) }
        guard let table = lookup(digest)?.table else { return nil }
        return .some(table)
    }
}
