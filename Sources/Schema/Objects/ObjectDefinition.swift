/// A view, trigger, routine, event or sequence, by the text that makes it.
///
/// Its canonical text is what the server's `SHOW CREATE` says, without the name of its database;
/// where settings of the session that made it decide what it means, comments with those come
/// first, and where a trigger has others before it, one with those. Objects are compared by this
/// text alone.
package struct ObjectDefinition: Hashable, Sendable {
    package let name: ObjectName
    /// Its identity is the digest of this.
    package let text: String
    /// Whose rights it has, as written: `` `app`@`%` ``; nil where the text does not say it.
    package let definer: String?
    /// Whether it is an event that says when it starts.
    package let hasStarts: Bool
    /// The database before its name, where one is written.
    package let database: String?
    /// `FOLLOWS` or `PRECEDES`, where the text of a trigger has it; no server says it again.
    package let orderClause: TriggerOrderClause?
    /// When a trigger runs and on what: triggers of one slot have an order.
    package let triggerSlot: TriggerSlot?

    /// Reads a text; nil where it defines no such object.
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

    /// Whether the text says whose rights it has.
    package var hasDefiner: Bool { definer != nil }

    /// Reads a text that a file has, under the settings that the file asks for.
    package init?(create: String, _ settings: CreationSettings) {
        self.init(text: Self.marked(create, settings))
    }

    /// `create`, with the settings of its creation before it.
    package static func marked(
        _ create: String, _ settings: CreationSettings, after triggers: [String] = []
    ) -> String {
        settings.marks + orderMark(triggers) + create
    }

    /// Reads what `SHOW CREATE` said.
    ///
    /// Servers keep comments behind the last word of a body, which no file has.
    ///
    /// - Parameters:
    ///   - settings: those that the server keeps with the object.
    ///   - database: the object's own, whose name is no part of its definition.
    ///   - triggers: those of its slot that run before a trigger.
    package init?(
        shown: String, _ settings: CreationSettings = CreationSettings(), database: String,
        after triggers: [String] = []
    ) {
        var text = DatabaseName.removed(database, from: shown, settings)
        // What has no end without its mode cannot stand in a file.
        guard let header = text.withUTF8({ ObjectHeader($0, settings) }),
            text.withUTF8({ ObjectHeader($0, CreationSettings()) }) != nil
        else { return nil }
        let unsaid = [header.ifNotExists, header.orReplace, header.end..<text.utf8.count]
        text = Self.text(text, without: unsaid.compactMap { $0 })
        self.init(text: Self.marked(text, settings, after: triggers))
    }

    // MARK: What a file may leave unsaid

    /// The text as one that says nothing of `unsaid` would have it.
    ///
    /// A file without a `DEFINER` means whoever creates the object, an event without `STARTS`
    /// starts when it is made, and one without a time zone keeps the one it has: none of them is a
    /// difference then. One that is said means exactly that.
    package func saying(no unsaid: Unsaid) -> ObjectDefinition {
        var copy = text
        let reduced: String? = copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes) else { return nil }
            let ranges = [
                unsaid.contains(.definer) ? header.definer : nil,
                unsaid.contains(.starts) ? header.starts : nil,
            ]
            return Self.text(text, without: ranges.compactMap { $0 })
        }
        guard unsaid.contains(.timeZone) else {
            return reduced.flatMap { ObjectDefinition(text: $0) } ?? self
        }
        var (settings, rest) = CreationSettings.split(reduced ?? text)
        settings.timeZone = nil
        return ObjectDefinition(text: settings.marks + rest) ?? self
    }

    /// What a definition does not say and a server adds.
    package struct Unsaid: OptionSet, Hashable, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let definer = Unsaid(rawValue: 1)
        package static let starts = Unsaid(rawValue: 2)
        package static let timeZone = Unsaid(rawValue: 4)

        /// All that a definition may leave to the server.
        package static let everything: Unsaid = [.definer, .starts, .timeZone]
    }

    package var unsaid: Unsaid {
        var result: Unsaid = []
        if !hasDefiner { result.insert(.definer) }
        if !hasStarts { result.insert(.starts) }
        if settings.timeZone == nil { result.insert(.timeZone) }
        return result
    }

    /// Whether `live` is what this definition, which git wrote, asks for.
    package func isMet(by live: ObjectDefinition) -> Bool {
        let seen = live.saying(no: unsaid).ordered(like: self)
        // MariaDB writes quotes around a trigger's table only once the table was renamed.
        return seen.text == text || seen.quotingNames.text == quotingNames.text
    }

    /// A trigger with quotes around its name and its table's; anything else as it is.
    private var quotingNames: ObjectDefinition {
        name.kind == .trigger ? named(name.name).movingTable { $0 } : self
    }

    /// The digests of every definition that this one, which is live, can stand for.
    package var digests: [Digest] {
        let sizes = name.kind == .event ? 0...Unsaid.everything.rawValue : 0...1
        return orders.flatMap { order in
            sizes.map {
                Digest(of: saying(no: Unsaid(rawValue: $0)).running(after: order).text)
            }
        }
    }

    /// Every quoted name in the text: among them all that it depends on, as servers write it.
    package var names: Set<String> {
        var copy = text
        return copy.withUTF8 { bytes in
            let tokens = ObjectHeader.tokens(of: bytes) ?? []
            return Set(
                tokens.filter { $0.kind == .quotedName }.map { Unquoted.name(bytes, $0.range) })
        }
    }

    // MARK: What a server changes by itself

    /// The definition after tables got other names: a trigger goes along with its table, and
    /// nothing else in its text changes. All other kinds stay as they are.
    ///
    /// - Parameter renames: old name → new name.
    package func following(_ renames: [String: String]) -> ObjectDefinition {
        renames.isEmpty ? self : movingTable { renames[$0] }
    }

    /// The definition with the names of tables as a server keeps them, as far as it shows them
    /// otherwise: MariaDB shows a trigger's table as the statement had it that made the trigger.
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

    /// A trigger on the table that `rename` makes of its own; as it is where that says nil.
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

    /// Without the comments that tell the settings and the order.
    package var create: String {
        var rest = CreationSettings.split(text).rest
        if rest.hasPrefix(Self.orderMark) { rest = rest.drop { $0 != "\n" }.dropFirst() }
        return String(rest)
    }

    /// The text up to the end of the name, and what stands behind it.
    package var partsAtName: (head: String, rest: Substring)? {
        var copy = text
        guard let end = copy.withUTF8({ ObjectHeader($0)?.nameEnd }) else { return nil }
        let utf8 = text.utf8
        return (String(decoding: utf8.prefix(end), as: UTF8.self), Substring(utf8.dropFirst(end)))
    }

    /// The statements that put this definition in the place of another one of its name; after
    /// all but the last, which makes it, the object is absent. Not for a sequence, which keeps its
    /// value: see `SequenceChange`.
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

    package var drop: String { Self.drop(name) }

    package static func drop(_ name: ObjectName) -> String {
        "DROP \(name.kind.rawValue.uppercased()) \(SQL.identifier(name.name))"
    }

    /// The event as it must be where it is not to run; everything else as it is.
    package var asleep: ObjectDefinition { isAsleep ? self : withStatus("DISABLE") }

    /// Whether it is an event that the server does not run.
    package var isAsleep: Bool { status?.hasPrefix("DISABLE") == true }

    /// The event with the status that `other` has: that of a sleeping copy is no news.
    ///
    /// One that is off by itself keeps the server's words: MySQL makes `ON REPLICA` of `ON SLAVE`.
    package func withStatus(of other: ObjectDefinition) -> ObjectDefinition {
        other.isAsleep ? self : withStatus("ENABLE")
    }

    /// The function as one that no server calls while it makes a view; everything else as it is.
    ///
    /// MariaDB calls one that is DETERMINISTIC where an argument must be constant. `NO SQL` lets
    /// servers with a binary log take one that is not.
    package var uncalled: ObjectDefinition {
        guard name.kind == .function else { return self }
        var copy = text
        let changed: String = copy.withUTF8 { bytes in
            let tokens = ObjectHeader.tokens(of: bytes) ?? []
            let cursor = TokenCursor(tokens, in: SourceText(bytes: bytes, file: ""))
            var result = Array(bytes)
            // Reserved words: they can stand for nothing else.
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

    /// `ENABLE`, `DISABLE` or `DISABLE ON SLAVE`, as written; nil where nothing is.
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
