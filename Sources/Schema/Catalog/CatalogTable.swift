import Glibc

/// A table, or another schema object, as the catalog in memory keeps it: its canonical text, the
/// text's digest, and the model of a table of which Plumb understands every byte.
package final class CatalogTable: Sendable {
    /// SHA-256 of the canonical bytes.
    package let digest: Digest
    /// `SHOW CREATE TABLE` without the counter; bytes that are not UTF-8 show as U+FFFD.
    package let text: String
    /// The parsed model; nil where the table is ``unsupported``, and for all other objects.
    package let table: Table?
    /// The view, trigger, routine, event or sequence; nil for tables.
    package let object: ObjectDefinition?
    /// Why Plumb does not change this table; nil where its model, printed again, gives ``text``.
    package let unsupported: String?

    /// Reads canonical text; see ``CanonicalText/stripAutoIncrement(_:)``.
    package init(canonicalText bytes: [UInt8], flavour: ServerProfile.Flavour) {
        digest = Digest(of: bytes)
        text = String(decoding: bytes, as: UTF8.self)
        object = Self.object(bytes, text)
        let unfit = bytes.withUnsafeBufferPointer(NameCheck.first)
        guard object == nil, unfit == nil else {
            table = nil
            unsupported = unfit.map {
                "the name `\($0.name)` has a line break, a tab or another control character"
            }
            return
        }
        switch Self.understand(bytes, text, flavour) {
        case .success(let table):
            self.table = table
            unsupported = nil
        case .failure(let reason):
            table = nil
            unsupported = reason.text
        }
    }

    /// Reads canonical text.
    package convenience init(canonicalText text: String, flavour: ServerProfile.Flavour) {
        self.init(canonicalText: Array(text.utf8), flavour: flavour)
    }

    /// Reads what `SHOW CREATE TABLE` said and drops the counter from it.
    package convenience init(
        showCreate bytes: UnsafeBufferPointer<UInt8>, flavour: ServerProfile.Flavour
    ) {
        self.init(canonicalText: CanonicalText.stripAutoIncrement(bytes).bytes, flavour: flavour)
    }

    /// Wraps the definition of a view, trigger, routine, event or sequence.
    package convenience init(_ object: ObjectDefinition, flavour: ServerProfile.Flavour) {
        self.init(canonicalText: object.text, flavour: flavour)
    }

    private static func object(_ bytes: [UInt8], _ text: String) -> ObjectDefinition? {
        // Nearly every text is a table's, which its first bytes tell.
        guard !text.hasPrefix("CREATE TABLE"), text.hasSameBytes(as: bytes) else { return nil }
        return ObjectDefinition(text: text)
    }

    private struct Reason: Error {
        let text: String
    }

    /// The round-trip guard: a model counts only where it prints the same bytes again.
    private static func understand(
        _ bytes: [UInt8], _ text: String, _ flavour: ServerProfile.Flavour
    ) -> Result<Table, Reason> {
        guard text.hasSameBytes(as: bytes) else {
            return .failure(Reason(text: "its definition is not UTF-8"))
        }
        do throws(SchemaError) {
            let table = try TableParser.parse(bytes, flavour: flavour)
            let printed = table.showCreate(flavour: flavour)
            guard printed.hasSameBytes(as: bytes) else {
                let offset = zip(printed.utf8, bytes).prefix { $0 == $1 }.count
                let place = bytes.withUnsafeBufferPointer { LineMap.place(of: offset, in: $0) }
                let rest = bytes[offset...].prefix { $0 != UInt8(ascii: "\n") }.prefix(80)
                return .failure(
                    Reason(
                        text: "its definition cannot be written back exactly: line \(place.line), "
                            + "column \(place.column), from `\(String(decoding: rest, as: UTF8.self))` on"
                    ))
            }
            return .success(table)
        } catch {
            return .failure(Reason(text: "its definition is not understood: \(error)"))
        }
    }
}

extension CatalogTable {
    /// As ``Table/createStatement(flavour:)``; the text itself where it is not understood.
    package func createStatement(flavour: ServerProfile.Flavour) -> String {
        table?.createStatement(flavour: flavour) ?? text
    }
}

extension String {
    /// Compares bytes; `==` would take canonically equivalent texts for equal.
    fileprivate func hasSameBytes(as bytes: [UInt8]) -> Bool {
        var copy = self
        return copy.withUTF8 { own in
            guard own.count == bytes.count, let start = own.baseAddress else {
                return own.isEmpty && bytes.isEmpty
            }
            return memcmp(start, bytes, own.count) == 0
        }
    }
}
