import Schema

/// Rules about indexes that other indexes make unnecessary.
enum IndexRules {
    static let duplicate = Rule(
        .duplicateIndex, .warning,
        "Two indexes on the same columns cost every write twice and help no query more",
        remedy: "remove it"
    ) { context in
        let keys = context.source.keys
        return keys.indices.compactMap { index in
            let other = keys.indices.first { other in
                other != index && replaces(keys[other], keys[index], isEarlier: other < index)
            }
            guard let other else { return nil }
            return Issue(
                "\(keys[index].title) of `\(context.name)` has the same columns as "
                    + keys[other].title, at: keys[index].location)
        }
    }

    /// Whether `other` has the same parts and enforces at least as much; of two equal keys the
    /// earlier one is kept.
    private static func replaces(
        _ other: SourceTable.Key, _ key: SourceTable.Key, isEarlier: Bool
    ) -> Bool {
        guard !key.parts.isEmpty else { return false }
        if other.kind == key.kind {
            let isSame =
                key.kind == .fulltext
                ? Set(other.parts.map(normal)) == Set(key.parts.map(normal))
                : other.parts.map(normal) == key.parts.map(normal)
            return isSame && isEarlier && other.parser?.lowercased() == key.parser?.lowercased()
        }
        guard let strength = strength(key), let otherStrength = self.strength(other) else {
            return false
        }
        return otherStrength > strength && other.parts.map(normal) == key.parts.map(normal)
    }

    static let redundant = Rule(
        .redundantIndex, .warning,
        "An index whose columns are the first ones of another index finds nothing that the other "
            + "does not find",
        remedy: "remove it, unless the longer index is too wide for the queries on its first "
            + "columns"
    ) { context in
        let keys = context.source.keys
        return keys.compactMap { key in
            // A unique key enforces something that a longer key does not.
            guard key.kind == .plain,
                let other = keys.first(where: { strength($0) != nil && begins($0, with: key) })
            else { return nil }
            return Issue(
                "\(key.title) of `\(context.name)` is the beginning of \(other.title)",
                at: key.location)
        }
    }

    /// Whether `other` is longer than `key` and begins with all of its parts.
    private static func begins(_ other: SourceTable.Key, with key: SourceTable.Key) -> Bool {
        guard let last = key.parts.last, other.parts.count >= key.parts.count else { return false }
        let head = key.parts.dropLast().map(normal)
        guard other.parts.prefix(head.count).map(normal) == head else { return false }
        let counterpart = other.parts[head.count]
        if normal(counterpart) == normal(last) { return other.parts.count > key.parts.count }
        // A prefix of a column, where `other` covers more of the same column.
        guard let length = last.length, normal(counterpart).text == normal(last).text,
            counterpart.isDescending == last.isDescending
        else { return false }
        return counterpart.length.map { $0 > length } ?? true
    }

    private static func normal(_ part: SourceTable.Key.Part) -> SourceTable.Key.Part {
        var part = part
        if !part.isExpression { part.text = part.text.lowercased() }
        return part
    }

    /// How much a B-tree index enforces, as a rank; nil for other kinds of index.
    private static func strength(_ key: SourceTable.Key) -> Int? {
        switch key.kind {
        case .primary: 2
        case .unique: 1
        case .plain: 0
        case .fulltext, .spatial, .vector: nil
        }
    }
}
