import Schema

/// One table of a step that changes several.
package struct PlanMember: Codable, Hashable, Sendable {
    /// The name afterwards; for a table that goes, its live name.
    package var object: ObjectName
    /// The name before, where the step gives it another; nil otherwise.
    package var renamedFrom: ObjectName?
    /// The digest before; nil where the table must be absent.
    package var from: Digest?
    /// The digest afterwards; nil where the table is then absent.
    package var to: Digest?

    private enum CodingKeys: String, CodingKey {
        case object = "table"
        case renamedFrom, from, to
    }

    package init(object: ObjectName, renamedFrom: ObjectName? = nil, from: Digest?, to: Digest?) {
        self.object = object
        self.renamedFrom = renamedFrom
        self.from = from
        self.to = to
    }
}

/// What a table is once a statement has run.
package struct TableDigest: Codable, Hashable, Sendable {
    /// The name of a ``PlanMember``.
    package var object: ObjectName
    /// Nil where it is absent.
    package var digest: Digest?

    private enum CodingKeys: String, CodingKey {
        case object = "table"
        case digest
    }

    package init(object: ObjectName, digest: Digest?) {
        self.object = object
        self.digest = digest
    }
}

extension PlanStep {
    /// Whether it changes several tables, which foreign keys hold together.
    package var isGroup: Bool { members != nil }

    /// The tables that it changes.
    package var tables: [PlanMember] {
        members ?? [PlanMember(object: object, renamedFrom: renamedFrom, from: from, to: to)]
    }

    /// How many tables are gone afterwards.
    package var dropCount: Int { tables.filter { $0.from != nil && $0.to == nil }.count }

    /// The one digest of several tables: what `from`, `to` and ``PlanStatement/after`` of a step
    /// with members are.
    package static func digest(of tables: [ObjectName: Digest?]) -> Digest {
        let lines = tables.map { (name: $0.key.encoded, digest: $0.value) }
            .sorted { $0.name < $1.name }
            .map { "\($0.name)\u{0}\($0.digest?.hex ?? "absent")\n" }
        return Digest(of: lines.joined())
    }

    /// The tables where the step stands at `digest`, by name; nil where it never does.
    ///
    /// A digest that the step comes by more than once means the last time.
    package func tables(at digest: Digest?) -> [ObjectName: Digest?]? {
        guard let members else {
            return digests.contains(digest) ? [object: digest] : nil
        }
        var states = Dictionary(
            members.map { ($0.object, $0.from) }, uniquingKeysWith: { first, _ in first })
        var found = digest == from ? states : nil
        for statement in statements {
            for change in statement.tables ?? [] { states[change.object] = .some(change.digest) }
            if statement.after == digest { found = states }
        }
        return found
    }
}
