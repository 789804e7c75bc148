/// The kind and name of a schema object: a table, view, trigger, routine, event or sequence.
///
/// Plans and records write it as one string, ``encoded``: a table by its plain name, every other
/// kind with the kind before it, such as `view:customer_names`.
package struct ObjectName: Hashable, Sendable, Comparable {
    /// The kinds of objects; the raw value is the prefix in ``ObjectName/encoded``.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case table, sequence, procedure, function, view, trigger, event
    }

    package let kind: Kind
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Reads ``encoded``; a text that does not begin with a known kind and a colon is a table.
    package init(encoded text: String) {
        if let (kind, name) = Self.split(text) {
            self.init(kind, name)
        } else {
            self.init(.table, text)
        }
    }

    /// Unique among the objects of a database: a table's plain name, `kind:name` for the others,
    /// and `table:name` for a table whose own name looks like the latter.
    package var encoded: String {
        kind == .table && Self.split(name) == nil ? name : "\(kind.rawValue):\(name)"
    }

    /// The object as texts show it: `commerce.orders`, `view commerce.customer_names`.
    package func label(in namespace: String) -> String {
        kind == .table ? "\(namespace).\(name)" : "\(kind.rawValue) \(namespace).\(name)"
    }

    /// The object with the ``encoded`` name as texts show it.
    package static func label(_ encoded: String, in namespace: String) -> String {
        ObjectName(encoded: encoded).label(in: namespace)
    }

    /// In the order of ``encoded``: `procedure:p` before a table `t`, and `view:v` behind it.
    package static func < (left: ObjectName, right: ObjectName) -> Bool {
        left.encoded < right.encoded
    }

    private static func split(_ text: String) -> (Kind, String)? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let kind = Kind(rawValue: String(text[..<colon]))
        else { return nil }
        return (kind, String(text[text.utf8.index(after: colon)...]))
    }
}

extension ObjectName: Codable {
    /// Reads ``encoded``.
    package init(from decoder: any Decoder) throws {
        self.init(encoded: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes ``encoded``.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(encoded)
    }
}

extension ObjectName: CustomStringConvertible {
    /// ``view `customer_names` ``.
    package var description: String { "\(kind.rawValue) \(SQL.identifier(name))" }
}
