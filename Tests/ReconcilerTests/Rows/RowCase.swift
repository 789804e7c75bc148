import Foundation
import Schema

@testable import TestSupport

/// A schema and what is to become of it, with rows in its tables.
struct RowCase: Sendable, CustomStringConvertible {
    let label: String
    /// `CREATE TABLE` statements and what else makes the schema, without hints.
    let current: [String]
    let desired: [String]
    /// What a person would run for the same, and on which table.
    var alteration: String?
    var table = "t"
    var flavour: ServerProfile.Flavour?

    var description: String { label }

    init(_ label: String, current: [String], desired: [String]) {
        self.label = label
        self.current = current
        self.desired = desired
    }

    /// A table of two columns, of which the second becomes another one.
    ///
    /// - Parameter keys: what stands behind the columns, before and after.
    init(
        _ from: String, _ to: String, keys: (String, String) = ("", ""),
        _ flavour: ServerProfile.Flavour? = nil
    ) {
        label = "\(from)\(keys.0) → \(to)\(keys.1)"
        func table(_ column: String, _ keys: String) -> String {
            "CREATE TABLE t (id int PRIMARY KEY, c \(column)\(keys))"
        }
        current = [table(from, keys.0)]
        desired = [table(to, keys.1)]
        if keys.0 == keys.1 { alteration = "ALTER TABLE t MODIFY c \(to)" }
        self.flavour = flavour
    }

    /// Two tables `t` with these bodies.
    init(
        _ label: String, from: String, to: String, parents: [String] = [],
        _ flavour: ServerProfile.Flavour? = nil
    ) {
        self.label = label
        current = parents + ["CREATE TABLE t \(from)"]
        desired = parents + ["CREATE TABLE t \(to)"]
        self.flavour = flavour
    }
}

extension RowCase {
    /// Cases of others: `PLUMB_ROW_CASES` names a JSON file with a list of objects that have the
    /// texts `id`, `current` and `desired`; what has one of these only is left out.
    static func foreign() throws -> [RowCase] {
        guard let path = ProcessInfo.processInfo.environment["PLUMB_ROW_CASES"] else { return [] }
        struct Entry: Decodable {
            let id: String
            let current: String?
            let desired: String?
        }
        let data = try Data(contentsOf: URL(filePath: path))
        return try JSONDecoder().decode([Entry].self, from: data).compactMap { entry in
            func statements(_ text: String?) -> [String]? {
                guard let text else { return nil }
                return (try? SQLScript.statements(in: Array(text.utf8), file: entry.id))?.map(
                    \.text)
            }
            guard let current = statements(entry.current), let desired = statements(entry.desired)
            else { return nil }
            return RowCase(entry.id, current: current, desired: desired)
        }
    }
}
