import Testing

@testable import Schema

@Suite("Rename hints belong to the table or column they stand at")
struct RenameHintTests {
    @Test func places() throws {
        let file = """
            -- plumb: renamed from purchases
            CREATE TABLE orders (
              id int, quantity int, -- plumb: renamed from qty
              /* plumb: renamed from `old name` */
              total int COMMENT 'plumb: renamed from x',
              state enum('a',
                'b') # Plumb: Renamed FROM status
              , note text, -- a plumb: is a fruit
              -- plumb: renamed from last_column
              last int
            );
            CREATE TABLE b ( -- plumb: renamed from a
              id int
            );
            """
        let statements = try SQLScript.statements(in: Array(file.utf8), file: "f.sql")
        let hints = statements.flatMap(\.hints).map { hint in
            switch hint.subject {
            case .table(let from): "\(hint.location.line) \(hint.table) was \(from)"
            case .column(let from, let to): "\(hint.location.line) \(hint.table).\(to) was \(from)"
            }
        }
        #expect(
            hints == [
                "1 orders was purchases", "3 orders.quantity was qty",
                "4 orders.total was old name",
                "7 orders.state was status", "9 orders.last was last_column", "12 b was a",
            ])
    }

    @Test(
        "A hint that belongs to nothing, or says nothing, is an error",
        arguments: [
            ("-- plumb: renamed from a\nALTER TABLE t ADD b int", 1),
            ("CREATE TABLE t (a int); -- plumb: renamed from b", 1),
            ("CREATE TABLE t (a int); -- plumb: renamed from b\nCREATE TABLE u (a int)", 1),
            ("CREATE TABLE t (a int,\n  KEY a (a) -- plumb: renamed from b\n)", 2),
            ("CREATE TABLE t (\n  a int\n  -- plumb: renamed from b\n)", 3),
            ("CREATE TABLE t (\n  a int\n) ENGINE=InnoDB -- plumb: renamed from b\n;", 3),
            ("CREATE TABLE t (\n  a int -- plumb: was b\n)", 2),
            ("CREATE TABLE t (\n  a int -- plumb: renamed from\n)", 2),
        ])
    func misplaced(file: String, line: Int) throws {
        let error = try #require(throws: SchemaError.self) {
            try SQLScript.statements(in: Array(file.utf8), file: "f.sql")
        }
        #expect(error.line == line)
        #expect(error.message.hasPrefix("this hint "))
    }
}
