import Schema

/// What a change of a column's type does to the values in it.
enum TypeChange {
    struct Verdict: Equatable {
        var rule: HazardRule
        var hazard: Hazard
        var reason: String

        init(_ rule: HazardRule, _ hazard: Hazard, _ reason: String) {
            self.rule = rule
            self.hazard = hazard
            self.reason = reason
        }

        static func narrowed(_ reason: String) -> Verdict { Verdict(.narrowType, .lossy, reason) }
        static func widened(_ reason: String) -> Verdict { Verdict(.widenType, .costly, reason) }
        static func inPlace(_ reason: String) -> Verdict { Verdict(.widenType, .safe, reason) }
        static func converted(_ reason: String) -> Verdict {
            Verdict(.convertType, .lossy, reason)
        }
    }

    /// The verdict on `old` → `new`, both as printed; `bytesPerCharacter` is the most that one
    /// character of the column's character set takes.
    static func verdict(from old: String, to new: String, bytesPerCharacter: Int) -> Verdict {
        let from = ColumnType(old)
        let to = ColumnType(new)
        if let verdict = numbers(from, to) { return verdict }
        if let verdict = strings(from, to, bytesPerCharacter) { return verdict }
        if let verdict = members(from, to) { return verdict }
        if let verdict = times(from, to) { return verdict }
        if let verdict = numberAsText(from, to) { return verdict }
        return .converted("values are converted from \(old) to \(new), which may fail or cut them")
    }

    // MARK: Numbers

    private static func numbers(_ from: ColumnType, _ to: ColumnType) -> Verdict? {
        if let old = NumberRange(from), let new = NumberRange(to) {
            if old == new {
                return Verdict(.changeDisplay, .safe, "only the display width changes")
            }
            guard new.contains(old) else {
                return .narrowed("values outside of the range of the new type do not fit")
            }
            return .widened("every value fits; the table is copied")
        }
        if let old = Decimals(from), let new = Decimals(to) {
            if old == new {
                return Verdict(.changeDisplay, .safe, "only the display changes")
            }
            guard new.contains(old) else {
                return .narrowed("digits that the new precision has no place for are cut")
            }
            return .widened("every value fits; the table is copied")
        }
        if let old = NumberRange(from), from.name != "bit", let new = Decimals(to) {
            let fits =
                new.integerDigits >= old.digits && (old.minimum >= 0 || !new.isUnsigned)
            return fits
                ? .widened("every value fits; the table is copied")
                : .narrowed("values with more digits do not fit")
        }
        return floats(from, to)
    }

    private static func floats(_ from: ColumnType, _ to: ColumnType) -> Verdict? {
        let names = ["float", "double"]
        guard names.contains(to.name) else { return nil }
        let losesSign = to.isUnsigned && !from.isUnsigned
        if names.contains(from.name) {
            if from.name == to.name, from.arguments == to.arguments, !losesSign {
                return Verdict(.changeDisplay, .safe, "only the display changes")
            }
            if from.name == "float", to.name == "double", to.arguments.isEmpty, !losesSign {
                return .converted(
                    "values show digits that a float hides: 0.1 is 0.10000000149011612")
            }
            let isWider =
                to.name == "double" || (from.name == "float" && !from.arguments.isEmpty)
            return isWider && to.arguments.isEmpty && !losesSign
                ? .widened("every value fits; the table is copied")
                : .narrowed("values lose digits or their sign")
        }
        if let old = NumberRange(from), from.name != "bit", to.arguments.isEmpty, !losesSign {
            let exact: Int128 = to.name == "double" ? 1 << 53 : 1 << 24
            if old.maximum <= exact, old.minimum >= -exact {
                return .widened("every value fits; the table is copied")
            }
        }
        return nil
    }

    private static func numberAsText(_ from: ColumnType, _ to: ColumnType) -> Verdict? {
        guard let old = NumberRange(from), from.name != "bit", to.name == "varchar",
            let length = to.length, !from.attributes.contains("zerofill")
        else { return nil }
        let needed = old.digits + (old.minimum < 0 ? 1 : 0)
        return length >= needed
            ? .widened("every number fits as text; the table is copied")
            : .narrowed("numbers with more digits do not fit")
    }

    // MARK: Text and bytes

    private static func strings(
        _ from: ColumnType, _ to: ColumnType, _ width: Int
    ) -> Verdict? {
        guard let old = StringCapacity(from, bytesPerCharacter: width),
            let new = StringCapacity(to, bytesPerCharacter: width),
            old.isBinary == new.isBinary
        else { return nil }
        if from.name == to.name, from.arguments == to.arguments {
            return Verdict(.changeAttributes, .costly, "the column's storage changes")
        }
        guard new.bytes >= old.bytes, new.characters >= old.characters else {
            return .narrowed("longer values do not fit")
        }
        if from.name == "binary", to.name == "binary" {
            return .converted("zero bytes are put behind every value: nothing finds the old one")
        }
        if new.isPadded, !old.isPadded {
            return .narrowed("blanks or zero bytes at the end of values are not kept apart")
        }
        if from.name == to.name, new.isVariable, !old.isBlob,
            (old.bytes < 256) == (new.bytes < 256)
        {
            return .inPlace("every value fits, and stored rows stay as they are")
        }
        return .widened("every value fits; the table is copied")
    }

    private static func members(_ from: ColumnType, _ to: ColumnType) -> Verdict? {
        guard from.name == "enum" || from.name == "set" else { return nil }
        if to.name == from.name {
            if Array(to.arguments.prefix(from.arguments.count)) == from.arguments {
                return memberBytes(from) == memberBytes(to)
                    ? Verdict(.appendMembers, .safe, "members are appended")
                    : Verdict(.appendMembers, .costly, "the members need another byte")
            }
            let gone = from.arguments.filter { !to.arguments.contains($0) }
            return gone.isEmpty
                ? Verdict(.reorderMembers, .lossy, "members change their places and their order")
                : Verdict(
                    .removeMembers, .lossy,
                    "rows that hold \(gone.joined(separator: ", ")) do not fit")
        }
        guard let capacity = StringCapacity(to, bytesPerCharacter: 4), !capacity.isBinary,
            !capacity.isPadded, from.name == "enum"
        else { return nil }
        let longest = from.arguments.map { $0.count - 2 }.max() ?? 0
        return capacity.characters >= longest
            ? .widened("every member fits; the table is copied")
            : .narrowed("longer members do not fit")
    }

    private static func memberBytes(_ type: ColumnType) -> Int {
        let count = type.arguments.count
        if type.name == "enum" { return count < 256 ? 1 : 2 }
        return count <= 32 ? (count + 7) / 8 : 8
    }

    // MARK: Dates and times

    private static func times(_ from: ColumnType, _ to: ColumnType) -> Verdict? {
        let kinds = ["date", "time", "datetime", "timestamp", "year"]
        guard kinds.contains(from.name), kinds.contains(to.name) else { return nil }
        let old = from.length ?? 0
        let new = to.length ?? 0
        switch (from.name, to.name) {
        case let (left, right) where left == right:
            if old == new || left == "year" {
                return Verdict(.changeDisplay, .safe, "only the display changes")
            }
            return new > old
                ? .widened("fractions of a second get more digits; the table is copied")
                : .narrowed("fractions of a second are cut")
        case ("date", "datetime"): return .widened("dates get the time 00:00; the table is copied")
        case ("timestamp", "datetime"), ("datetime", "timestamp"):
            return .converted("values are converted in the time zone of the session")
        default: return .converted("\(from.name) and \(to.name) do not hold the same")
        }
    }
}
