/// What a server keeps of the session in which an object was made.
///
/// A definition, and a statement that makes an object, has each on a line of comment at its start.
package struct CreationSettings: Hashable, Sendable {
    /// What the words of a trigger, routine or event mean; nil where nothing is said.
    package var sqlMode: String?
    /// What the times of an event mean: `SYSTEM`, `+02:00`, `Europe/Berlin`; nil where nothing is
    /// said. A statement may have `DEFAULT`, which is the server's own.
    package var timeZone: String?

    package init(sqlMode: String? = nil, timeZone: String? = nil) {
        self.sqlMode = sqlMode
        self.timeZone = timeZone
    }

    private static let modeMark = "-- sql_mode: "
    private static let zoneMark = "-- time_zone: "

    /// The lines at the start of a text.
    package var marks: String {
        (sqlMode.map { Self.modeMark + $0 + "\n" } ?? "")
            + (timeZone.map { Self.zoneMark + $0 + "\n" } ?? "")
    }

    /// Reads the lines at the start of `text`.
    package init(of text: String) {
        (self, _) = Self.split(text)
    }

    /// Reads the lines at the start of `bytes`; without a look at the rest where there are none.
    init(of bytes: UnsafeBufferPointer<UInt8>) {
        var end = bytes.startIndex
        while bytes[end...].starts(with: "-- ".utf8) {
            let line = bytes[end...].firstIndex(of: UInt8(ascii: "\n"))
            end = line.map { $0 + 1 } ?? bytes.endIndex
        }
        self.init(of: String(decoding: bytes[..<end], as: UTF8.self))
    }

    /// The settings that `text` begins with, and the rest of it.
    package static func split(_ text: String) -> (settings: CreationSettings, rest: Substring) {
        var rest = text[...]
        let mode = line(modeMark, from: &rest)
        let zone = line(zoneMark, from: &rest)
        return (CreationSettings(sqlMode: mode, timeZone: zone), rest)
    }

    /// Takes the first line, where it begins with `mark`.
    private static func line(_ mark: String, from text: inout Substring) -> String? {
        guard text.hasPrefix(mark), let end = text.firstIndex(of: "\n") else { return nil }
        defer { text = text[text.index(after: end)...] }
        return String(text[..<end].dropFirst(mark.count))
    }
}

extension ObjectDefinition {
    package var settings: CreationSettings { CreationSettings(of: text) }

    package var sqlMode: String? { settings.sqlMode }

    /// The settings that have to be said where a session of the profile makes the object: those
    /// that such a session does not have.
    package func ownSettings(in profile: ServerProfile) -> CreationSettings {
        settings(besides: profile.sqlMode)
    }

    /// The settings that have to be said where `mode` is what holds otherwise.
    package func settings(besides mode: String) -> CreationSettings {
        var own = settings
        if let said = own.sqlMode, Self.modes(said) == Self.modes(mode) { own.sqlMode = nil }
        return own
    }

    /// `sql`, which makes the object, with what a session of the profile has to set for it.
    ///
    /// An event that does not say its time zone keeps that of `old`, which it replaces; a new one
    /// has the server's own.
    package func underItsSettings(
        _ sql: String, replacing old: ObjectDefinition? = nil, in profile: ServerProfile
    ) -> String {
        var own = ownSettings(in: profile)
        if name.kind == .event {
            own.timeZone = own.timeZone ?? old?.settings.timeZone ?? "DEFAULT"
        }
        return own.marks + (profile.flavour == .mysql ? sayable(sql) : sql)
    }

    /// MySQL does not read what it shows of an event where NOT binds tightly; it says no more than
    /// what holds for every event that is made.
    package func sayable(_ sql: String) -> String {
        guard name.kind == .event, let mode = settings.sqlMode,
            Self.modes(mode).contains("HIGH_NOT_PRECEDENCE")
        else { return sql }
        let words = Array("ON COMPLETION NOT PRESERVE ".utf8)
        var copy = sql
        return copy.withUTF8 { bytes in
            // It stands right before the status.
            guard let end = ObjectHeader(bytes, settings)?.status?.lowerBound,
                bytes[..<end].suffix(words.count).elementsEqual(words)
            else { return sql }
            return String(
                decoding: Array(bytes[..<(end - words.count)]) + Array(bytes[end...]), as: UTF8.self
            )
        }
    }

    /// Servers tell them in an order of their own.
    private static func modes(_ text: String) -> Set<String> {
        Set(text.uppercased().split(separator: ",").map(String.init))
    }
}
