/// The definition of a view, trigger, routine, event or sequence: the text that creates it.
///
/// Its canonical text is what the server's `SHOW CREATE` prints, without the name of its database.
/// Comment lines come first: the session settings on which its meaning depends, and for a trigger
/// the triggers that run before it. Definitions are compared by this text alone.
package struct ObjectDefinition: Hashable, Sendable {
    package let name: ObjectName
    /// The canonical text; the digest of it identifies the definition.
    package let text: String
    /// The `DEFINER` account, as written: `` `app`@`%` ``; nil where the text has none.
    package let definer: String?
    /// Whether it is an event with a `STARTS` clause.
    package let hasStarts: Bool
    /// The database before the object's name; nil where none is written.
    package let database: String?
    /// A trigger's `FOLLOWS` or `PRECEDES`, which `SHOW CREATE TRIGGER` never prints.
    package let orderClause: TriggerOrderClause?
    /// The table and time of a trigger; triggers that share both run in an order.
    package let triggerSlot: TriggerSlot?

    /// Reads a canonical text; nil where it creates no such object.
    package init?(text: String) {
        var text = text
        guard let header = text.withUTF8({ ObjectHeader($0) }) else { return nil }
        name = header.name
        self.text = text
        definer = text.withUTF8 { bytes in
            header.definerValue.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        hasStarts = header.starts != nil
        database = header.database
        orderClause = header.orderClause?.clause
        triggerSlot = header.table.map { TriggerSlot(table: $0.name, time: header.time ?? "") }
    }

    /// Whether the text has a `DEFINER` account.
    package var hasDefiner: Bool { definer != nil }

    /// Reads a statement of a file, under the settings that the file's hints ask for.
    package init?(create: String, _ settings: CreationSettings) {
        self.init(text: Self.marked(create, settings))
    }

    /// `create` behind the comment lines for its settings and for the triggers before it.
    package static func marked(
        _ create: String, _ settings: CreationSettings, after triggers: [String] = []
    ) -> String {
        settings.commentLines + orderMark(triggers) + create
    }

    /// Reads the output of `SHOW CREATE`.
    ///
    /// Comments behind the last word of a body, which servers keep, are dropped: the text of a
    /// file ends with its last word.
    ///
    /// - Parameters:
    ///   - settings: those that the server stores with the object.
    ///   - database: the object's own, which is removed from the text.
    ///   - triggers: for a trigger, those of its table and time that run before it.
    package init?(
        shown: String, _ settings: CreationSettings = CreationSettings(), database: String,
        after triggers: [String] = []
    ) {
        var text = OwnDatabaseQualifier.removed(database, from: shown, settings)
        // A text that can be cut into tokens under its own mode only cannot stand in a file.
        guard let header = text.withUTF8({ ObjectHeader($0, settings) }),
            text.withUTF8({ ObjectHeader($0, CreationSettings()) }) != nil
        else { return nil }
        let clauses = [header.ifNotExists, header.orReplace, header.end..<text.utf8.count]
        text = Self.text(text, without: clauses.compactMap { $0 })
        self.init(text: Self.marked(text, settings, after: triggers))
    }

    // MARK: What a file may leave out

    /// The definition without the clauses that `clauses` lists.
    ///
    /// A file without `DEFINER` leaves it to the account that creates the object, an event without
    /// `STARTS` starts when it is created, and one without a time zone keeps the one it has: a live
    /// object does not differ by these. A clause that the file has must match exactly.
    package func omitting(_ clauses: OmittedClauses) -> ObjectDefinition {
        var copy = text
        let reduced: String? = copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes) else { return nil }
            let ranges = [
                clauses.contains(.definer) ? header.definer : nil,
                clauses.contains(.starts) ? header.starts : nil,
            ]
            return Self.text(text, without: ranges.compactMap { $0 })
        }
        guard clauses.contains(.timeZone) else {
            return reduced.flatMap { ObjectDefinition(text: $0) } ?? self
        }
        var (settings, rest) = CreationSettings.split(reduced ?? text)
        settings.timeZone = nil
        return ObjectDefinition(text: settings.commentLines + rest) ?? self
    }

    /// The clauses that a file may leave out and a server then adds.
    package struct OmittedClauses: OptionSet, Hashable, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// `DEFINER = account`.
        package static let definer = OmittedClauses(rawValue: 1)
        /// `STARTS …` of an event.
        package static let starts = OmittedClauses(rawValue: 2)
        /// The time zone of an event.
        package static let timeZone = OmittedClauses(rawValue: 4)

        /// All clauses that a file may leave out.
        package static let everything: OmittedClauses = [.definer, .starts, .timeZone]
    }

    /// The clauses that this definition leaves out.
    package var omittedClauses: OmittedClauses {
        var result: OmittedClauses = []
        if !hasDefiner { result.insert(.definer) }
        if !hasStarts { result.insert(.starts) }
        if settings.timeZone == nil { result.insert(.timeZone) }
        return result
    }

    /// Whether the live definition `live` is what this one, from a file, asks for.
    package func isMet(by live: ObjectDefinition) -> Bool {
        let seen = live.omitting(omittedClauses).ordered(like: self)
        // MariaDB prints a trigger's table between backticks only after the table was renamed.
        return seen.text == text || seen.quotingNames.text == quotingNames.text
    }

    /// A trigger with backticks around its name and its table's; other objects unchanged.
    private var quotingNames: ObjectDefinition {
        name.kind == .trigger ? named(name.name).movingTable { $0 } : self
    }

    /// The digests of every file's definition that this live one meets; see ``isMet(by:)``.
    package var digests: [Digest] {
        let sizes = name.kind == .event ? 0...OmittedClauses.everything.rawValue : 0...1
        return orders.flatMap { order in
            sizes.map {
                Digest(of: omitting(OmittedClauses(rawValue: $0)).running(after: order).text)
            }
        }
    }

    /// Every quoted name in the text, among them the names of all that it depends on.
    package var names: Set<String> {
        var copy = text
        return copy.withUTF8 { bytes in
            let tokens = ObjectHeader.tokens(of: bytes) ?? []
            return Set(
                tokens.filter { $0.kind == .quotedName }.map { Unquoted.name(bytes, $0.range) })
        }
    }

    // MARK: Changes that a server makes by itself

    /// The definition after tables were renamed: a trigger's text names its table anew. Other
    /// kinds stay unchanged.
    ///
    /// - Parameter renames: old name → new name.
    package func following(_ renames: [String: String]) -> ObjectDefinition {
        renames.isEmpty ? self : movingTable { renames[$0] }
    }

    /// The definition with names in the letter case in which the server stores them: MariaDB prints
    /// a trigger's table in the case of the statement that created the trigger.
    package func stored(by folding: NameFolding) -> ObjectDefinition {
        guard folding != .bytes else { return self }
        let own = folding.stored(name)
        return (own == name ? self : named(own.name)).movingTable { table in
            let stored = folding.stored(table)
            return stored == table ? nil : stored
        }
    }

    /// The same definition under another name.
    package func named(_ name: String) -> ObjectDefinition {
        var copy = text
        let changed: String? = copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes), header.database == nil else { return nil }
            return Self.text(bytes, replacing: header.nameRange, with: SQL.identifier(name))
        }
        return changed.flatMap { ObjectDefinition(text: $0) } ?? self
    }

    /// A trigger moved to the table that `rename` returns for its own; unchanged where that is nil.
    private func movingTable(_ rename: (String) -> String?) -> ObjectDefinition {
        guard name.kind == .trigger else { return self }
        var copy = text
        let changed: String? = copy.withUTF8 { bytes in
            guard let table = ObjectHeader(bytes)?.table, let new = rename(table.name) else {
                return nil
            }
            return Self.text(bytes, replacing: table.range, with: SQL.identifier(new))
        }
        return changed.flatMap { ObjectDefinition(text: $0) } ?? self
    }

    // MARK: Statements

    /// The `CREATE` statement alone, without the comment lines for settings and order.
    package var create: String {
        var rest = CreationSettings.split(text).rest
        if rest.hasPrefix(Self.orderMark) { rest = rest.drop { $0 != "\n" }.dropFirst() }
        return String(rest)
    }

    /// The text up to the end of the object's name, and the rest.
    package var partsAtName: (head: String, rest: Substring)? {
        var copy = text
        guard let end = copy.withUTF8({ ObjectHeader($0)?.nameEnd }) else { return nil }
        let utf8 = text.utf8
        return (String(decoding: utf8.prefix(end), as: UTF8.self), Substring(utf8.dropFirst(end)))
    }

    /// The statements that replace the live definition `old` by this one.
    ///
    /// Where they are several, the object does not exist between the first and the last. Not for a
    /// sequence, which has to keep its value: see `SequenceChange`.
    ///
    /// - Parameter old: the definition that is live.
    package func replacement(
        of old: ObjectDefinition, flavour: ServerProfile.Flavour
    ) -> [String] {
        // MariaDB replaces a trigger on its own table only (error 1360).
        if triggerSlot?.table != old.triggerSlot?.table { return [drop, create] }
        if name.kind == .view || flavour == .mariadb { return [createOrReplace] }
        return [drop, create]
    }

    /// The statement that drops the object.
    package var drop: String { Self.drop(name) }

    /// The statement that drops the object of this name.
    package static func drop(_ name: ObjectName) -> String {
        "DROP \(name.kind.rawValue.uppercased()) \(SQL.identifier(name.name))"
    }

    /// An event with `DISABLE`, for places where it must not run; other objects unchanged.
    package var disabled: ObjectDefinition { isDisabled ? self : withStatus("DISABLE") }

    /// Whether it is an event that is disabled.
    package var isDisabled: Bool { status?.hasPrefix("DISABLE") == true }

    /// The event with the status of `other`: a disabled copy of an event is no difference.
    ///
    /// Where `other` is disabled itself, its own words stay: MySQL prints `DISABLE ON REPLICA` for
    /// `DISABLE ON SLAVE`.
    package func withStatus(of other: ObjectDefinition) -> ObjectDefinition {
        other.isDisabled ? self : withStatus("ENABLE")
    }

    /// A function that no server calls while it creates a view; other objects unchanged.
    ///
    /// Where an argument must be constant, MariaDB calls a `DETERMINISTIC` function at that time.
    /// `NO SQL` is added since servers with a binary log refuse a function that declares neither
    /// (error 1418).
    package var nondeterministicCopy: ObjectDefinition {
        guard name.kind == .function else { return self }
        var copy = text
        let changed: String = copy.withUTF8 { bytes in
            let tokens = ObjectHeader.tokens(of: bytes) ?? []
            let cursor = TokenCursor(tokens, in: SourceText(bytes: bytes, file: ""))
            var result = Array(bytes)
            // These words are reserved: they cannot be names.
            for index in tokens.indices.reversed() where index > 0 {
                guard !cursor.at(symbol: ".", ahead: index - 1),
                    !cursor.at(symbol: "@", ahead: index - 1)
                else { continue }
                if cursor.at("DETERMINISTIC", ahead: index), !cursor.at("NOT", ahead: index - 1) {
                    result.replaceSubrange(
                        tokens[index].range, with: "NOT DETERMINISTIC NO SQL".utf8)
                } else if cursor.at(anyOf: ["MODIFIES", "READS"], ahead: index),
                    cursor.at("SQL", ahead: index + 1), cursor.at("DATA", ahead: index + 2)
                {
                    let range = tokens[index].start..<tokens[index + 2].end
                    result.replaceSubrange(range, with: "NO SQL".utf8)
                } else if cursor.at("CONTAINS", ahead: index), cursor.at("SQL", ahead: index + 1) {
                    result.replaceSubrange(tokens[index].range, with: "NO".utf8)
                }
            }
            return String(decoding: result, as: UTF8.self)
        }
        return ObjectDefinition(text: changed) ?? self
    }

    /// `ENABLE`, `DISABLE` or `DISABLE ON SLAVE` of an event, as written; nil where none is.
    private var status: String? {
        var copy = text
        return copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes), let range = header.status else { return nil }
            let words = bytes[range].split { $0 <= 0x20 }
                .map { String(decoding: $0, as: UTF8.self).uppercased() }
            return words.joined(separator: " ")
        }
    }

    private func withStatus(_ status: String) -> ObjectDefinition {
        guard name.kind == .event else { return self }
        var copy = text
        let changed: String? = copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes) else { return nil }
            if let range = header.status {
                return Self.text(bytes, replacing: range, with: status)
            }
            guard let place = header.statusPlace else { return nil }
            return Self.text(bytes, replacing: place..<place, with: status + " ")
        }
        return changed.flatMap { ObjectDefinition(text: $0) } ?? self
    }

    private var createOrReplace: String {
        var copy = create
        return copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes, settings) else { return create }
            let end = header.start + "CREATE".utf8.count
            return Self.text(bytes, replacing: header.start..<end, with: "CREATE OR REPLACE")
        }
    }

    static func text(_ text: String, without ranges: [Range<Int>]) -> String {
        var bytes = Array(text.utf8)
        for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            bytes.removeSubrange(range)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func text(
        _ bytes: UnsafeBufferPointer<UInt8>, replacing range: Range<Int>, with text: String
    ) -> String {
        var copy = Array(bytes)
        copy.replaceSubrange(range, with: text.utf8)
        return String(decoding: copy, as: UTF8.self)
    }
}
