import Ledger
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("The digests of tables are kept as the canonical JSON of any other document")
struct TablesDocumentTests {
    private static let names = [
        [], ["orders"], ["a10", "a2", "A", "b", "a", "_", "a b", "a/b", "view:a", "~"],
        [""], ["a\"b", "c"], ["a\\b"], ["größe", "Größe", "z"], ["line\nbreak"],
        ["\u{7f}", "a"], ["表", "😀"],
    ]

    @Test("whatever the names", arguments: names)
    func same(names: [String]) throws {
        let tables = Dictionary(uniqueKeysWithValues: names.map { ($0, digest($0)) })
        let bytes = try TablesDocument.bytes(of: tables)
        #expect(try bytes == CanonicalJSON.encode(tables))
        #expect(try TablesDocument.tables(in: bytes, at: LedgerPath("t")) == tables)
    }

    @Test("one that is written in another manner is read as well")
    func others() throws {
        let one = digest("a")
        for text in ["{\"a\":\"\(one.hex)\"}", " { \"\\u0061\" : \"\(one.hex)\" } \n"] {
            #expect(
                try TablesDocument.tables(in: Array(text.utf8), at: LedgerPath("t")) == ["a": one])
        }
    }

    @Test("one that is none is damaged, with its place")
    func damaged() {
        let hex = digest("a").hex
        for text in [
            "", "{", "{\"a\":\"\(hex)\"", "{\"a\":\"\(hex)\"}x", "{\"a\":\"\(hex.dropLast())\"}",
            "{\"a\":\"\(hex.dropLast())G\"}", "{\"a\":1}", "[]", "{\"a\":\"\(hex)\",}x",
        ] {
            let error = #expect(throws: LedgerError.self) {
                try TablesDocument.tables(in: Array(text.utf8), at: LedgerPath("t", "all"))
            }
            #expect(error?.code == .damaged, "\(text)")
            #expect(error?.fault.contains("t/all") == true, "\(text)")
        }
    }
}
