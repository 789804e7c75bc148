/// The kind and the name of something in a database that has a definition of its own.
///
/// Plans, records and comparisons know an object by one string, ``encoded``: a table by its plain
/// name, everything else with its kind before it, such as `view:customer_names`.
package struct ObjectName: Hashable, Sendable, Comparable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case table, sequence, procedure, function, view, trigger, event
    }

    package let kind: Kind
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Reads what ``encoded`` wrote; a text without a known kind before a colon is a table.
    package init(encoded text: String) {
        if let (kind, name) = Self.split(text) {
            self.init(kind, name)
        } else {
            self.init(.table, text)
        }
    }

    /// Different for all objects of a database, and a table's plain name for nearly all tables:
    /// only one whose name itself begins like a kind has `table:` before it.
    package var encoded: String {
        kind == .table && Self.split(name) == nil ? name : "\(kind.rawValue):\(name)"
    }

    /// The object as people read it: `commerce.orders`, `view commerce.customer_names`.
    package func label(in namespace: String) -> String {
        kind == .table ? "\(namespace).\(name)" : "\(kind.rawValue) \(namespace).\(name)"
    }

    /// The object called `encoded` as people read it.
    package static func label(_ encoded: String, in namespace: String) -> String {
        ObjectName(encoded: encoded).label(in: namespace)
    }

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

extension ObjectName: CustomStringConvertible {
    /// ``view `customer_names` ``.
    package var description: String { "\(kind.rawValue) \(SQL.identifier(name))" }
}
