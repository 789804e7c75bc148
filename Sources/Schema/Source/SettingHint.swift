/// Reads the comments `plumb: sql_mode 'STRICT_TRANS_TABLES'` and `plumb: time_zone 'SYSTEM'`: the
/// session settings under which an object is created.
enum SettingHint: String, CaseIterable {
    case sqlMode = "sql_mode"
    case timeZone = "time_zone"

    /// The setting and value of a hint; nil where the comment is no such hint.
    static func read(
        _ comment: Range<Int>, of source: SourceText
    ) throws(SchemaError) -> (setting: SettingHint, value: String)? {
        var text = source.text(comment)[...]
        if text.hasPrefix("/*") { text = text.dropFirst(2).dropLast(2) }
        text = text.drop { "-#*! \t\r\n".contains($0) }
        guard text.lowercased().hasPrefix("plumb:") else { return nil }
        let words = text.dropFirst("plumb:".count).split(whereSeparator: \.isWhitespace)
        guard let first = words.first, let setting = SettingHint(rawValue: first.lowercased())
        else { return nil }
        let word = words.dropFirst().joined()
        let isQuoted = word.utf8.count >= 2 && word.hasPrefix("'") && word.hasSuffix("'")
        let value = isQuoted ? String(word.dropFirst().dropLast()) : word
        guard isQuoted || !value.isEmpty, setting.takes(value) else {
            throw source.error(
                .syntax, "this \(setting.words) is not understood", remedy: setting.form,
                at: comment)
        }
        return (setting, value)
    }

    /// Puts `value` into the settings of a statement; false where servers store no such setting
    /// with an object of that kind, or an earlier hint set it already.
    func take(
        _ value: String, into settings: inout CreationSettings, of kind: SourceStatement.Kind
    ) -> Bool {
        let place: WritableKeyPath<CreationSettings, String?> =
            switch self {
            case .sqlMode: \.sqlMode
            case .timeZone: \.timeZone
            }
        guard isKept(by: kind), settings[keyPath: place] == nil else { return false }
        settings[keyPath: place] = value
        return true
    }

    func misplaced(_ comment: Range<Int>, _ source: SourceText) -> SchemaError {
        let kinds =
            switch self {
            case .sqlMode: "trigger, routine or event"
            case .timeZone: "event"
            }
        return source.error(
            .syntax, "this \(words) belongs to no \(kinds)",
            remedy: "put it on a line of its own above the CREATE", at: comment)
    }

    private func isKept(by kind: SourceStatement.Kind) -> Bool {
        switch kind {
        case .createEvent: true
        case .createTrigger, .createProcedure, .createFunction: self == .sqlMode
        case .createTable, .createView, .createSequence, .createIndex, .alterTable, .other: false
        }
    }

    private func takes(_ value: String) -> Bool {
        switch self {
        case .sqlMode: value.utf8.allSatisfy { Self.isPartOfWord($0) || $0 == UInt8(ascii: ",") }
        case .timeZone:
            !value.isEmpty
                && value.utf8.allSatisfy { Self.isPartOfWord($0) || "/+-:".utf8.contains($0) }
        }
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }

    private var words: String {
        switch self {
        case .sqlMode: "SQL mode"
        case .timeZone: "time zone"
        }
    }

    private var form: String {
        switch self {
        case .sqlMode:
            "write `-- plumb: sql_mode 'STRICT_TRANS_TABLES'`, with all modes between the quotes "
                + "and commas between them"
        case .timeZone:
            "write `-- plumb: time_zone 'SYSTEM'`, or another name or offset that the servers know"
        }
    }
}
