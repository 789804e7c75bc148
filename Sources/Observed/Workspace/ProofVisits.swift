import Diff
import Schema

/// Divides changes into those that are proved in one visit of the workspace: there they have the
/// same tables around them as each would have alone.
package struct ProofVisits {
    /// The changes of each visit, as places in the list that was given, in its order.
    private(set) var visits: [[Int]] = []
    private var contents: [[String: Content]] = []

    /// The most changes of one visit, as each table takes about 100 kB of the server's disk.
    static let limit = 2_000

    /// What a visit has under the name of a table.
    private enum Content: Equatable {
        /// A parent of foreign keys, as it has to be there.
        case parent(Digest)
        /// The table of a change that creates it.
        case created(Digest)
        /// The table of another change.
        case changed
        /// A name that a foreign key mentions and that no table may have.
        case absent
    }

    /// - Parameter changes: parents of foreign keys that are made come first.
    init(_ changes: [ChangeToProve], limit: Int = limit) {
        for (place, change) in changes.enumerated() {
            guard let needed = Self.needed(change) else {
                visits.append([place])
                contents.append([:])
                continue
            }
            let own = change.names
            let found = visits.indices.first { visit in
                !contents[visit].isEmpty && visits[visit].count < limit
                    && Self.fits(change, own, needed, contents[visit])
            }
            let visit = found ?? visits.count
            if found == nil {
                visits.append([])
                contents.append([:])
            }
            visits[visit].append(place)
            contents[visit].merge(needed) { known, _ in known }
            for name in own {
                contents[visit][name] =
                    change.from == nil ? .created(change.to?.digest ?? Digest(of: "")) : .changed
            }
        }
    }

    /// The visits in which several workspaces prove changes, in the order in which they are taken.
    /// Changes that are proved alone are in none.
    ///
    /// Smaller visits are shared out better, but make parents of foreign keys once more. As a
    /// server gains less from each further session, that may be a quarter of all statements.
    ///
    /// - Parameter hands: the number of workspaces.
    package static func shared(_ changes: [ChangeToProve], by hands: Int) -> [[Int]] {
        let whole = ProofVisits(changes)
        var best = whole
        // Small ones leave little to wait for at the end, when the last hand is at the last visit.
        for parts in [4 * hands, 2 * hands, hands]
        where hands > 1 && changes.count >= parts * smallest {
            let size = (changes.count + parts - 1) / parts
            let divided = ProofVisits(changes, limit: min(limit, size))
            if divided.load(on: 1) * 4 <= whole.load(on: 1) * 5,
                divided.load(on: hands, emptying: changes.count)
                    < best.load(on: hands, emptying: changes.count)
            {
                best = divided
            }
        }
        return best.visits.filter { $0.count > 1 }
    }

    /// The fewest changes for which a workspace more is worth its price.
    private static let smallest = 50

    /// How many statements the busiest of `hands` workspaces sends, where each takes the next visit
    /// as it gets free.
    ///
    /// - Parameter emptying: how many tables the first one has to drop before, in which it made
    ///   what is wanted. Dropping one with its database costs a server half of making it.
    private func load(on hands: Int, emptying: Int = 0) -> Int {
        var loads = Array(repeating: 0, count: max(1, hands))
        loads[0] = emptying / 2
        for (visit, contents) in zip(visits, contents) {
            guard let free = loads.indices.min(by: { loads[$0] < loads[$1] }) else { continue }
            loads[free] += contents.values.count { $0 != .absent } + visit.count
        }
        return loads.max() ?? 0
    }

    private static func fits(
        _ change: ChangeToProve, _ own: Set<String>, _ needed: [String: Content],
        _ contents: [String: Content]
    ) -> Bool {
        guard own.allSatisfy({ contents[$0] == nil }) else { return false }
        return needed.allSatisfy { name, content in
            guard let known = contents[name] else { return true }
            if known == content { return true }
            // A table that was made just before is the parent that the next one needs.
            guard change.from == nil, case .created(let digest) = known else { return false }
            return content == .parent(digest)
        }
    }

    /// What has to be there, or may not be there, beside the change's own table; nil where the
    /// change has to be proved alone.
    private static func needed(_ change: ChangeToProve) -> [String: Content]? {
        guard change.canShareVisit else { return nil }
        var needed: [String: Content] = [:]
        let own = change.names
        for table in [change.from, change.to].compactMap({ $0?.table }) {
            for key in table.foreignKeys
            where key.referencedSchema == nil && !own.contains(key.referencedTable) {
                needed[key.referencedTable] = .absent
            }
        }
        for parent in change.parents {
            guard let name = parent.table?.name else { return nil }
            if !own.contains(name) { needed[name] = .parent(parent.digest) }
        }
        return needed
    }
}

extension ChangeToProve {
    /// The names that its table has, before and afterwards.
    var names: Set<String> {
        Set([table, from?.table?.name, to?.table?.name].compactMap(\.self))
    }

    /// Whether its answer cannot depend on other tables of the workspace than its parents: one
    /// statement that names nothing else, on a table that InnoDB knows under one number.
    var canShareVisit: Bool {
        guard refused.isEmpty, let to = to?.table, to.isOneTable else { return false }
        guard let from else { return alterations.isEmpty && spelling == nil }
        guard let from = from.table, from.isOneTable, let alteration = alterations.first else {
            return false
        }
        return alterations.count == 1 && alteration.partitionWork == .none
            && alteration.numbersZeros(flavour: .mariadb) == nil
            && alteration.numbersZeros(flavour: .mysql) == nil
    }
}

extension Table {
    /// Whether InnoDB keeps it in one table: partitions and full-text indexes have tables of their
    /// own. Dates and times in one of the ``OldTemporals`` have a way of their own.
    var isOneTable: Bool {
        partitioning == nil && oldTemporals.isEmpty
            && !indexes.contains { $0.kind == .fulltext }
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                    || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            }
    }
}
