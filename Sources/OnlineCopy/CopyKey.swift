import Schema

/// The unique key by which a copy tells rows apart and walks through the table.
package struct CopyKey: Hashable, Sendable {
    /// The index as the table has it: `PRIMARY`, or its name.
    package let index: String
    package let columns: [KeyColumn]

    /// The index as a hint names it.
    var hint: String { index == "PRIMARY" ? index : SQL.identifier(index) }

    /// The names of the columns, between backticks.
    var names: [String] { columns.map { SQL.identifier($0.name) } }

    /// The key of a table and of what it becomes: the primary key where both have it, else the
    /// first unique key without NULLs that both have. Nil where there is none whose values are
    /// compared alike in both, and can be read from the binary log.
    package init?(from: Table, to: Table) {
        let candidates =
            from.indexes.filter { $0.kind == .primary }
            + from.indexes.filter { $0.kind == .unique }
        for index in candidates {
            guard index.parts.allSatisfy({ $0.length == nil && !$0.isDescending }),
                index.withoutOverlaps == nil, !index.isIgnored,
                to.indexes.contains(where: { index.tellsApart(as: $0) })
            else { continue }
            let columns = index.parts.compactMap { part -> KeyColumn? in
                guard case .column(let name) = part.key else { return nil }
                return KeyColumn(name, in: from, and: to)
            }
            guard columns.count == index.parts.count else { continue }
            self.index = index.kind == .primary ? "PRIMARY" : index.name
            self.columns = columns
            return
        }
        return nil
    }

    private init(index: String, columns: [KeyColumn]) {
        self.index = index
        self.columns = columns
    }

    /// The same key under the name that its index has in what the table becomes.
    func index(in to: Table) -> CopyKey? {
        let parts = columns.map { Index.Part.Key.column($0.name) }
        let found = to.indexes.first { index in
            (index.kind == .primary || index.kind == .unique) && !index.isIgnored
                && index.parts.map(\.key) == parts
                && index.parts.allSatisfy { $0.length == nil }
        }
        return found.map { index in
            CopyKey(index: index.kind == .primary ? "PRIMARY" : index.name, columns: columns)
        }
    }

    // MARK: Conditions

    /// Rows behind `values`, in the order of the index.
    ///
    /// - Parameter values: one literal for each column.
    func isBehind(_ values: [String]) -> String { compared(values, last: ">") }

    /// Rows up to `values`, with them.
    func isUpTo(_ values: [String]) -> String { compared(values, last: "<=") }

    /// `(a > 1) OR (a = 1 AND b > 2)`, which servers read as a range of the index.
    private func compared(_ values: [String], last: String) -> String {
        let strict = last.hasPrefix(">") ? ">" : "<"
        let terms = names.indices.map { place in
            let equal = names[..<place].indices.map { "\(names[$0]) = \(values[$0])" }
            let sign = place == names.count - 1 ? last : strict
            return (equal + ["\(names[place]) \(sign) \(values[place])"]).joined(separator: " AND ")
        }
        let bound = "\(names[0]) \(strict)= \(values[0])"
        return names.count == 1
            ? terms[0] : "(\(bound) AND (\(terms.map { "(\($0))" }.joined(separator: " OR "))))"
    }

    /// The rows with these keys.
    func isOne(of keys: [[String]]) -> String {
        guard names.count > 1 else {
            return "\(names[0]) IN (\(keys.map { $0[0] }.joined(separator: ", ")))"
        }
        let terms = keys.map { key in
            "(" + zip(names, key).map { "\($0) = \($1)" }.joined(separator: " AND ") + ")"
        }
        return "(\(terms.joined(separator: " OR ")))"
    }

    /// A key as messages show it.
    func words(for key: [String]) -> String {
        zip(names, key).map { "\($0) = \($1)" }.joined(separator: " AND ")
    }

    /// What is selected so that ``literals(of:from:)`` can read it.
    var selection: String { columns.map(\.selection).joined(separator: ", ") }
}

extension Index {
    /// Whether it is the same key in another definition of the table.
    fileprivate func tellsApart(as other: Index) -> Bool {
        guard other.kind == .primary || other.kind == .unique else { return false }
        return parts.map(\.key) == other.parts.map(\.key)
            && other.parts.allSatisfy { $0.length == nil }
    }
}

/// A column of a key, whose values are written as literals.
package struct KeyColumn: Hashable, Sendable {
    package enum Form: Hashable, Sendable {
        /// Digits, with a sign: all kinds of integers, and decimals.
        case number
        /// A date or time, between quotes.
        case time
        /// Bytes in this character set.
        case text(characterSet: String)
        /// Bytes; `padded` to this length in a column of a fixed one.
        case bytes(padded: Int?)
    }

    package let name: String
    package let form: Form

    /// Nil where the two definitions compare its values differently, where it may be NULL, or where
    /// its type is none that is read here.
    init?(_ name: String, in from: Table, and to: Table) {
        guard let old = from.columns.first(where: { $0.name.lowercased() == name.lowercased() }),
            let new = to.columns.first(where: { $0.name.lowercased() == name.lowercased() }),
            old.isNotNull, new.isNotNull, old.generated == nil, new.generated == nil,
            old.name == new.name, Self.tellApartAlike(old.type, new.type)
        else { return nil }
        let sets = (from.effectiveCharacterSet(of: old), to.effectiveCharacterSet(of: new))
        guard sets.0 == sets.1 else { return nil }
        let words = old.type.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
        switch words.first {
        case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year":
            form = .number
        // A literal of a timestamp would depend on the time zone of the session.
        case "date", "datetime", "time": form = .time
        case "char", "varchar":
            guard let set = sets.0?.name else { return nil }
            form = set == "binary" ? .bytes(padded: nil) : .text(characterSet: set)
        case "binary": form = .bytes(padded: words.count > 1 ? Int(words[1]) : 1)
        case "varbinary": form = .bytes(padded: nil)
        default: return nil
        }
        self.name = name
    }

    private static let integers: Set = ["tinyint", "smallint", "mediumint", "int", "bigint"]

    /// Whether values of both types that are written alike are the same: integers of any length and
    /// sign, and texts and bytes of any length. What a shorter type does not take is refused when
    /// it is written.
    private static func tellApartAlike(_ old: String, _ new: String) -> Bool {
        if old == new { return true }
        let words = [old, new].map { type in
            type.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        }
        // Zeros in front of a number are a part of its text.
        guard !words.joined().contains("zerofill") else { return false }
        let kinds = Set(words.map { $0.first ?? "" })
        return kinds.isSubset(of: integers) || kinds == ["varchar"] || kinds == ["varbinary"]
    }

    /// How a value is asked for: as text that has nothing but ASCII.
    var selection: String {
        switch form {
        case .number, .time: SQL.identifier(name)
        case .text, .bytes: "HEX(\(SQL.identifier(name)))"
        }
    }

    /// The literal of a value that was asked for with ``selection``; nil where it is none.
    func literal(selected text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: " "):
                true
            default: false
            }
        }
        guard isPlain else { return nil }
        return switch form {
        case .number: text.isEmpty ? nil : text
        case .time: "'\(text)'"
        case .text(let set): "_\(set) x'\(text)'"
        case .bytes: "x'\(text)'"
        }
    }

    /// The literal of bytes as the binary log has them.
    func literal(bytes: some Collection<UInt8>) -> String? {
        var bytes = Array(bytes)
        if case .bytes(let length?) = form {
            // Servers leave out zeros at the end of a value of a fixed length.
            bytes += Array(repeating: 0, count: max(0, length - bytes.count))
        }
        switch form {
        case .number, .time: return literal(selected: String(decoding: bytes, as: UTF8.self))
        case .text, .bytes:
            let digits = Array("0123456789ABCDEF".utf8)
            let hex = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            return literal(selected: String(decoding: hex, as: UTF8.self))
        }
    }
}
