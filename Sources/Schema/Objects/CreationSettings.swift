/// The session settings that a server stores with an object when it is created.
///
/// In the text of a definition, and of a statement that creates an object, each is a comment on a
/// line of its own at the start.
package struct CreationSettings: Hashable, Sendable {
    /// The SQL mode in which a trigger, routine or event runs; nil where the text names none.
    package var sqlMode: String?
    /// The time zone of an event's times: `SYSTEM`, `+02:00`, `Europe/Berlin`; nil where the text
    /// names none. In a statement also `DEFAULT`, the server's own.
    package var timeZone: String?

    package init(sqlMode: String? = nil, timeZone: String? = nil) {
        self.sqlMode = sqlMode
        self.timeZone = timeZone
    }

    private static let modeMark = "-- sql_mode: "
    private static let zoneMark = "-- time_zone: "

    /// The settings as the comment lines that a text starts with.
    package var commentLines: String {
        (sqlMode.map { Self.modeMark + $0 + "\n" } ?? "")
            + (timeZone.map { Self.zoneMark + $0 + "\n" } ?? "")
    }

    /// Reads the lines at the start of `text`.
    package init(of text: String) {
        (self, _) = Self.split(text)
    }

    /// Reads the lines at the start of `bytes`; reads no further where there are none.
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
    /// The settings at the start of the definition's text.
    package var settings: CreationSettings { CreationSettings(of: text) }

    /// The SQL mode at the start of the definition's text.
    package var sqlMode: String? { settings.sqlMode }

    /// The settings that a session of the profile has to set before it creates the object: those
    /// that differ from the session's own.
    package func ownSettings(in profile: ServerProfile) -> CreationSettings {
        settings(besides: profile.sqlMode)
    }

    /// The settings that have to be set where the SQL mode is `mode` otherwise.
    package func settings(besides mode: String) -> CreationSettings {
        var own = settings
        if let said = own.sqlMode, Self.modes(said) == Self.modes(mode) { own.sqlMode = nil }
        return own
    }

    /// `sql`, which creates the object, behind the settings that a session of the profile lacks.
    ///
    /// An event whose text names no time zone keeps that of `old`, which it replaces; a new one
    /// gets the server's own.
    package func withSettings(
        _ sql: String, replacing old: ObjectDefinition? = nil, in profile: ServerProfile
    ) -> String {
        var own = ownSettings(in: profile)
        if name.kind == .event {
            own.timeZone = own.timeZone ?? old?.settings.timeZone ?? "DEFAULT"
        }
        return own.commentLines + (profile.flavour == .mysql ? withoutUnparsableClause(sql) : sql)
    }

    /// `sql` without `ON COMPLETION NOT PRESERVE` for an event under `HIGH_NOT_PRECEDENCE`: MySQL
    /// prints the clause there and does not parse it again. It is the default, so nothing is lost.
    package func withoutUnparsableClause(_ sql: String) -> String {
        guard name.kind == .event, let mode = settings.sqlMode,
            Self.modes(mode).contains("HIGH_NOT_PRECEDENCE")
        else { return sql }
        let words = Array("ON COMPLETION NOT PRESERVE ".utf8)
        var copy = sql
        return copy.withUTF8 { bytes in
            // The clause is printed right before the event's status.
            guard let end = ObjectHeader(bytes, settings)?.status?.lowerBound,
                bytes[..<end].suffix(words.count).elementsEqual(words)
            else { return sql }
            return String(
                decoding: Array(bytes[..<(end - words.count)]) + Array(bytes[end...]), as: UTF8.self
            )
        }
    }

    /// Servers print the modes in an order of their own.
    private static func modes(_ text: String) -> Set<String> {
        Set(text.uppercased().split(separator: ",").map(String.init))
    }
}
