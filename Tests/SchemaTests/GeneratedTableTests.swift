import TestSupport
import Testing

@testable import Schema

@Suite("Any table that is printed is read back as it was")
struct GeneratedTableTests {
    @Test(arguments: Rounds.seeds(300))
    func roundTrip(seed: Int) throws {
        var generator = RandomPrintedTables(
            seed: UInt64(seed), flavour: seed % 2 == 0 ? .mariadb : .mysql)
        let table = generator.table()
        let text = table.showCreate(flavour: generator.flavour, includingAutoIncrement: true)
        #expect(try TableParser.parse(text, flavour: generator.flavour) == table, "\(text)")
        let canonical = table.showCreate(flavour: generator.flavour)
        let stripped = strip(text)
        #expect(String(decoding: stripped.bytes, as: UTF8.self) == canonical)
        #expect(stripped.counter == table.autoIncrement)
    }

    @Test(
        "What is printed is also a statement that people could have written",
        arguments: Rounds.seeds(100))
    func readsAsSource(seed: Int) throws {
        var generator = RandomPrintedTables(seed: UInt64(seed), flavour: .mariadb)
        let table = generator.table()
        let text = table.showCreate(flavour: .mariadb)
        let statements = try SQLScript.statements(in: Array((text + ";\n").utf8), file: "t.sql")
        #expect(statements.map(\.text) == [text])
        #expect(statements.first?.kind == .createTable(name: table.name))
        #expect(statements.first?.table?.columns.map(\.name) == table.columns.map(\.name))
        #expect(
            statements.first?.table?.references.map(\.table)
                == table.foreignKeys.map(\.referencedTable))
    }

    @Test(
        "Damaged text is refused or read, and never brings the reader down",
        arguments: Rounds.seeds(150))
    func damage(seed: Int) {
        var generator = RandomPrintedTables(
            seed: UInt64(seed), flavour: seed % 2 == 0 ? .mariadb : .mysql)
        let text = generator.table().showCreate(flavour: generator.flavour)
        for _ in 0..<20 {
            let bytes = generator.damaged(Array(text.utf8))
            let table = CatalogTable(canonicalText: bytes, flavour: generator.flavour)
            #expect((table.table == nil) != (table.unsupported == nil))
            if let model = table.table {
                #expect(Array(model.showCreate(flavour: generator.flavour).utf8) == bytes)
            }
            let statements = try? SQLScript.statements(in: bytes, file: "t.sql")
            #expect(statements?.isEmpty != true)
            _ = CanonicalText.digest(bytes)
        }
    }
}
