/// `FOLLOWS x` or `PRECEDES x`, as a trigger's file has it.
package struct TriggerOrderClause: Hashable, Sendable {
    /// False for `PRECEDES`.
    package let follows: Bool
    /// The other trigger.
    package let trigger: String
    /// The offset of the other trigger's name in the `CREATE` statement, in bytes.
    package let offset: Int
}

/// A table and a time: triggers that share both run one after the other.
package struct TriggerSlot: Hashable, Sendable {
    package let table: String
    /// In capitals: `BEFORE INSERT`.
    package let time: String

    package init(table: String, time: String) {
        self.table = table
        self.time = time
    }
}

/// The triggers that run before a trigger.
///
/// Of a live trigger these are all of its table and time that do. A trigger from a file lists only
/// those that files name, and a live one meets it where at least these run before it.
extension ObjectDefinition {
    static let orderMark = "-- runs after: "

    /// The comment line that names the triggers; empty where there are none.
    static func orderMark(_ triggers: [String]) -> String {
        guard !triggers.isEmpty else { return "" }
        let names = Set(triggers).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return orderMark + names.map(escaped).joined(separator: ", ") + "\n"
    }

    /// The triggers of its table and time that run before it, sorted by bytes.
    package var predecessors: [String] {
        guard name.kind == .trigger else { return [] }
        let rest = CreationSettings.split(text).rest
        guard rest.hasPrefix(Self.orderMark) else { return [] }
        return rest.prefix { $0 != "\n" }.dropFirst(Self.orderMark.count)
            .split(separator: ", ").map { Self.unescaped($0) }
    }

    /// The same trigger with these before it.
    package func running(after triggers: [String]) -> ObjectDefinition {
        guard name.kind == .trigger else { return self }
        let text = Self.marked(create, settings, after: triggers)
        return ObjectDefinition(text: text) ?? self
    }

    /// The same trigger with only those before it that `other` has, provided that it has all of
    /// them; else unchanged.
    package func ordered(like other: ObjectDefinition) -> ObjectDefinition {
        let wanted = other.predecessors
        let present = predecessors
        guard present != wanted, Set(wanted).isSubset(of: present) else { return self }
        return running(after: wanted)
    }

    /// All sets of triggers before it that a file may ask for and this live trigger meets, the
    /// largest first.
    var orders: [[String]] {
        let present = predecessors
        let sizes = stride(from: present.count, through: 0, by: -1)
        // A file names one other trigger at a time: of more than ten, only sets up to three count.
        return sizes.filter { present.count <= 10 || $0 <= 3 }.flatMap { size in
            Self.choices(of: size, among: present[...])
        }
    }

    private static func choices(of size: Int, among names: ArraySlice<String>) -> [[String]] {
        guard size > 0 else { return [[]] }
        guard let first = names.first, names.count >= size else { return [] }
        let rest = names.dropFirst()
        return choices(of: size - 1, among: rest).map { [first] + $0 }
            + choices(of: size, among: rest)
    }

    /// The statement without `FOLLOWS` or `PRECEDES`.
    package var createWithoutOrder: String {
        var copy = create
        return copy.withUTF8 { bytes in
            guard let range = ObjectHeader(bytes, settings)?.orderClause?.range else {
                return create
            }
            return Self.text(create, without: [range])
        }
    }

    /// The statement with `FOLLOWS trigger` before the body.
    package func createFollowing(_ trigger: String) -> String {
        var copy = createWithoutOrder
        return copy.withUTF8 { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let place = ObjectHeader(bytes, settings)?.bodyStart else { return text }
            var result = Array(bytes)
            result.insert(
                contentsOf: "FOLLOWS \(SQL.identifier(trigger)) ".utf8, at: place)
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// Escapes a name for a list with commas on one line.
    private static func escaped(_ name: String) -> String {
        name.replacing("%", with: "%25").replacing(",", with: "%2C")
            .replacing("\n", with: "%0A").replacing("\r", with: "%0D")
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("%0D", with: "\r").replacing("%0A", with: "\n")
            .replacing("%2C", with: ",").replacing("%25", with: "%")
    }
}

/// Orders triggers so that each comes behind those that run before it.
package enum TriggerSequence {
    /// `items` in their order, except that each trigger follows those that it has to run after.
    package static func sorted<Item>(
        _ items: [Item], _ definition: (Item) -> ObjectDefinition?
    ) -> [Item] {
        var places: [String: Int] = [:]
        for (place, item) in items.enumerated() {
            guard let name = definition(item)?.name, name.kind == .trigger else { continue }
            places[name.name] = place
        }
        guard items.contains(where: { definition($0)?.predecessors.isEmpty == false }) else {
            return items
        }
        var done: Set<Int> = []
        var result: [Item] = []
        func add(_ place: Int) {
            guard done.insert(place).inserted else { return }
            for name in definition(items[place])?.predecessors ?? [] {
                if let other = places[name] { add(other) }
            }
            result.append(items[place])
        }
        items.indices.forEach(add)
        return result
    }
}
