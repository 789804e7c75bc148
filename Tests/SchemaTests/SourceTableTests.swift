import Testing

@testable import Schema

@Suite("What people write in CREATE TABLE is found with its place")
struct SourceTableTests {
    @Test("Every definition, its name and where it stands")
    func definitions() throws {
        let table = try read(
            """
            CREATE TABLE orders (
              id SERIAL,
              `total sum` NATIONAL VARCHAR(10) DEFAULT ',)(' COMMENT 'REFERENCES x',
              customer int REFERENCES customers(id),
              vector int, period int, position point,
              embedding vector(3) NOT NULL,
              PRIMARY KEY (id),
              UNIQUE (customer), KEY by_total USING BTREE (`total sum`(3)),
              INDEX (customer), FULLTEXT KEY words (`total sum`),
              VECTOR INDEX nearest (embedding),
              CONSTRAINT fk FOREIGN KEY (customer) REFERENCES `crm`.`customers` (id) ON DELETE CASCADE,
              CONSTRAINT UNIQUE KEY named (id), CONSTRAINT uc UNIQUE (vector),
              FOREIGN KEY fk2 (customer) REFERENCES other (id),
              CHECK (id > 0), CONSTRAINT positive CHECK (customer > 0),
              PERIOD FOR during (a, b)
            ) ENGINE=InnoDB PARTITION BY HASH (id) PARTITIONS 3
            """)
        #expect(
            table.columns.map { "\($0.location.line):\($0.location.column) \($0.name) \($0.type)" }
                == [
                    "2:3 id SERIAL", "3:3 total sum NATIONAL", "4:3 customer int", "5:3 vector int",
                    "5:15 period int", "5:27 position point", "6:3 embedding vector",
                ])
        #expect(
            table.definitions.filter { $0.kind != .column }.map {
                "\($0.location.line):\($0.location.column) \($0.kind) \($0.name ?? "-")"
            } == [
                "7:3 primaryKey -", "8:3 index -", "8:22 index by_total", "9:3 index -",
                "9:21 index words", "10:3 index nearest", "11:3 foreignKey fk",
                "12:3 index named", "12:37 index uc", "13:3 foreignKey fk2", "14:3 check -",
                "14:19 check positive", "15:3 period during",
            ])
        #expect(
            table.references.map { "\($0.location.line) \($0.database ?? "-").\($0.table)" }
                == ["4 -.customers", "11 crm.customers", "13 -.other"])
        #expect(!table.isFromSelect && table.like == nil)
        #expect(table.location(ofColumn: "ID")?.line == 2)
        #expect(table.location(ofConstraint: "By_Total")?.line == 8)
        #expect(table.location(ofConstraint: "id") == nil)
    }

    @Test(
        arguments: [
            ("CREATE TABLE t LIKE other", "other", false),
            ("CREATE TABLE t (LIKE db.other)", "other", false),
            ("CREATE TABLE t SELECT 1", nil, true), ("CREATE TABLE t AS (SELECT 1)", nil, true),
            ("CREATE TABLE t (a int) ENGINE=InnoDB IGNORE AS SELECT 1 AS a", nil, true),
            ("CREATE TABLE t (SELECT 1)", nil, true),
            ("CREATE TABLE t AS WITH x AS (SELECT 1) SELECT * FROM x", nil, true),
            ("CREATE TABLE t (a int DEFAULT (1)) COMMENT 'SELECT'", nil, false),
            ("CREATE TABLE t (a int) WITH SYSTEM VERSIONING", nil, false),
            ("CREATE TABLE t (a int) with /* x */ System -- y\n versioning", nil, false),
            ("CREATE TABLE t (a int) WITH SYSTEM VERSIONING AS SELECT 1 AS a", nil, true),
            ("CREATE TABLE t WITH system AS (SELECT 1) SELECT * FROM system", nil, true),
        ] as [(String, String?, Bool)])
    func origins(text: String, like: String?, isFromSelect: Bool) throws {
        let table = try read(text)
        #expect(table.like?.table == like)
        #expect(table.isFromSelect == isFromSelect)
    }

    @Test(
        "Types of both flavours are known, in any letter case",
        arguments: [
            "INT4", "middleint", "Dec(5,2)", "FIXED", "DOUBLE PRECISION", "bool", "SERIAL",
            "NATIONAL CHAR(3)", "LONG VARCHAR", "NCHAR VARCHAR(3)", "CHAR VARYING(3)", "inet6",
            "UUID",
            "vector(3)", "geometrycollection", "ENUM('a')", "set('b')", "json", "BIT", "YEAR",
            "mariadb_schema.date", "FLOAT8", "LONG", "xmltype", "varchar2(3)",
        ])
    func types(type: String) throws {
        let table = try read("CREATE TABLE t (a \(type) NOT NULL)")
        #expect(table.columns.map(\.name) == ["a"])
    }

    private func read(_ text: String) throws -> SourceTable {
        try #require(
            try SQLScript.statements(in: Array(text.utf8), file: "f.sql").first?.table)
    }
}
