import Schema

/// What a change must have for itself in a schema while it is made, and what it only must not lose.
///
/// Two changes may be made at the same time where neither touches what the other has for itself.
package struct ChangeClaims: Hashable, Sendable {
    /// A part of a schema that changes meet at.
    package enum Thing: Hashable, Sendable {
        /// All of it.
        case schema
        /// What has this name, in lower case; tables, views and sequences share one set of names.
        case name(String)
        /// The name of a foreign key or check, which one table gives up and another takes.
        case constraint(String)
    }

    /// What no other change may touch meanwhile.
    package private(set) var alone: Set<Thing>
    /// What others may touch in the same way.
    package private(set) var shared: Set<Thing>

    /// The claims of a change of which nothing is known: it is made alone.
    package static let everything = ChangeClaims(alone: [.schema], shared: [])

    private init(alone: Set<Thing>, shared: Set<Thing>) {
        self.alone = alone
        self.shared = shared
    }

    /// One table on its way.
    package struct Passage: Sendable {
        package let from: Table?
        package let to: Table?
        /// The names that it has on the way.
        package let names: [String]

        /// - Parameters:
        ///   - from: nil for an absent table, as `to`.
        package init(from: Table?, to: Table?, names: [String] = []) {
            self.from = from
            self.to = to
            self.names = names + [from, to].compactMap { $0?.name }
        }

        fileprivate var tables: [Table] { [from, to].compactMap(\.self) }
        fileprivate var isAltered: Bool { from != nil && to != nil }

        /// The names of the keys and checks that it has before and not afterwards.
        fileprivate var givenUp: Set<String> {
            Self.constraints(of: from).subtracting(Self.constraints(of: to))
        }

        fileprivate var constraints: Set<String> {
            Self.constraints(of: from).union(Self.constraints(of: to))
        }

        private static func constraints(of table: Table?) -> Set<String> {
            guard let table else { return [] }
            return Set(
                (table.foreignKeys.map(\.name) + table.checks.map(\.name)).map { $0.lowercased() })
        }
    }

    /// The claims of changes that are made in one schema, in their order; each is of one table or
    /// of several.
    ///
    /// A table's foreign keys tie it to its parents, before and after. A server locks both ends of
    /// a key when one of them changes, and refuses some changes of one because of the other; so
    /// whatever changes one end is done before the other begins.
    ///
    /// - Parameters:
    ///   - changes: nil where a change is not of tables, or not all about it is known.
    ///   - live: the tables as they are, those that stay among them.
    package static func claims(of changes: [[Passage]?], live: [Table]) -> [ChangeClaims] {
        var children: [String: Set<String>] = [:]
        for table in live {
            for key in table.foreignKeys {
                children[key.referencedTable.lowercased(), default: []]
                    .insert(table.name.lowercased())
            }
        }
        // Most names stay where they are, and concern nobody else.
        let passed = Set(changes.flatMap { $0 ?? [] }.flatMap(\.givenUp))
        return changes.map { passages in
            guard let passages, passages.allSatisfy({ $0.tables.allSatisfy(\.standsAlone) }) else {
                return .everything
            }
            var claims = ChangeClaims(alone: [], shared: [.schema])
            for passage in passages { claims.add(passage, children: children, passed: passed) }
            return claims
        }
    }

    private mutating func add(
        _ passage: Passage, children: [String: Set<String>], passed: Set<String>
    ) {
        for name in passage.names.map({ $0.lowercased() }) {
            alone.insert(.name(name))
            // Only keys that came before their parent: their table is locked when it is made.
            guard passage.to != nil else { continue }
            alone.formUnion((children[name] ?? []).map(Thing.name))
        }
        let lasting = Set(passage.from?.foreignKeys ?? [])
            .intersection(passage.to?.foreignKeys ?? [])
        for key in passage.tables.flatMap(\.foreignKeys) {
            let parent = Thing.name(key.referencedTable.lowercased())
            // While a table with rows gets a key, or loses it, its parent is held for long.
            if passage.isAltered, !lasting.contains(key) {
                alone.insert(parent)
            } else {
                shared.insert(parent)
            }
        }
        alone.formUnion(passage.constraints.intersection(passed).map(Thing.constraint))
    }
}

extension Table {
    /// Whether it is stored by itself: the engines of which that is known.
    fileprivate var standsAlone: Bool {
        let engines: Set = ["INNODB", "MYISAM", "ARIA", "MEMORY", "ROCKSDB", "ARCHIVE"]
        return option("ENGINE").map { engines.contains($0.uppercased()) } ?? false
    }
}
