import Schema

/// The statements that turn a sequence into another one of its name; its current value stays.
///
/// MariaDB changes a sequence's type, its other options, and its engine and comment by statements
/// that do not go together.
package struct SequenceChange {
    /// A statement, and the sequence once it has run.
    package struct Step: Equatable {
        package let sql: String
        package let after: ObjectDefinition
    }

    private let from: SequenceText
    private let to: SequenceText

    /// Takes two definitions as `SHOW CREATE SEQUENCE` gives them; nil for any other text.
    package init?(from: ObjectDefinition, to: ObjectDefinition) {
        guard let from = SequenceText(from), let to = SequenceText(to) else { return nil }
        self.from = from
        self.to = to
    }

    /// The statements, in order; empty where there is nothing to change.
    package var steps: [Step] {
        var result: [Step] = []
        var current = from
        func take(_ sql: String, _ change: (inout SequenceText) -> Void) {
            change(&current)
            // The parts of two definitions, put together, are a definition as well.
            guard let after = ObjectDefinition(text: current.text) else { return }
            result.append(Step(sql: sql, after: after))
        }
        func takeType() {
            guard from.type != to.type else { return }
            take("\(alter)\(to.type.isEmpty ? " as bigint" : to.type)") { $0.type = to.type }
        }
        // The new bounds need the new type, or the new type needs the new bounds.
        let isTypeFirst = !from.typeHolds(to.bounds)
        if isTypeFirst { takeType() }
        if from.range != to.range { take(ranged) { $0.range = to.range } }
        if !isTypeFirst { takeType() }
        if from.engine != to.engine || from.comment != to.comment {
            let comment = to.comment.isEmpty ? " COMMENT=''" : to.comment
            let options = from.engine == to.engine ? comment : to.engine + comment
            take("ALTER TABLE \(SQL.identifier(to.name))\(options)") {
                $0.engine = to.engine
                $0.comment = to.comment
            }
        }
        return result
    }

    private var alter: String { "ALTER SEQUENCE \(SQL.identifier(to.name))" }

    /// A current value outside of the new bounds would be refused (error 4085), so the same
    /// statement moves it to the first value of the new range; `SETVAL` leaves one that is further
    /// already.
    private var ranged: String {
        guard let bound = raisedBound else { return alter + to.range }
        return "BEGIN NOT ATOMIC DO SETVAL(\(SQL.identifier(to.name)), \(bound), 0); "
            + "\(alter)\(to.range); END"
    }

    /// The first value of the new range, where that begins behind the start of the old one; nil
    /// elsewhere.
    private var raisedBound: Int128? {
        guard let old = from.bounds, let new = to.bounds else { return nil }
        if from.increment >= 0, to.increment >= 0, new.minimum > old.minimum {
            return new.minimum
        }
        if from.increment < 0, to.increment < 0, new.maximum < old.maximum {
            return new.maximum
        }
        return nil
    }
}

/// The parts of what `SHOW CREATE SEQUENCE` says.
private struct SequenceText {
    let name: String
    private let head: String
    /// `` as int``; empty for the type that a sequence has by itself.
    var type: String
    /// `` start with 1 minvalue 1 …``, up to the engine.
    var range: String
    /// `` ENGINE=InnoDB``
    var engine: String
    /// `` COMMENT='…'``; empty where there is none.
    var comment: String

    init?(_ definition: ObjectDefinition) {
        guard definition.name.kind == .sequence, let (head, options) = definition.partsAtName else {
            return nil
        }
        name = definition.name.name
        self.head = head
        guard let start = options.firstRange(of: " start with ")?.lowerBound,
            let engineStart = options.firstRange(of: " ENGINE=")?.lowerBound, start <= engineStart
        else { return nil }
        type = String(options[..<start])
        range = String(options[start..<engineStart])
        let engineEnd =
            options[engineStart...].dropFirst().firstIndex(of: " ") ?? options.endIndex
        engine = String(options[engineStart..<engineEnd])
        comment = String(options[engineEnd...])
    }

    var text: String { head + type + range + engine + comment }

    /// The least and the greatest value; nil where the text does not say them.
    var bounds: NumberRange? {
        guard let low = number("minvalue"), let high = number("maxvalue") else { return nil }
        return NumberRange(minimum: low, maximum: high)
    }

    var increment: Int128 { number("by") ?? 1 }

    /// Whether values of the type go from one bound to the other.
    func typeHolds(_ bounds: NumberRange?) -> Bool {
        let name = type.isEmpty ? "bigint" : String(type.dropFirst(" as ".count))
        guard let bounds, let held = NumberRange(ColumnType(name)) else { return true }
        return held.contains(bounds)
    }

    private func number(_ word: String) -> Int128? {
        let words = range.split(separator: " ")
        guard let place = words.firstIndex(where: { $0 == word }), place + 1 < words.count else {
            return nil
        }
        return Int128(words[place + 1])
    }
}
