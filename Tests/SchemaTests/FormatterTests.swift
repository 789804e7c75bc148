import Testing

@testable import Schema

@Suite("Schema files have one form")
struct FormatterTests {
    @Test("A table of every kind of definition, written badly")
    func everything() throws {
        let text = try format(
            """
            -- the orders
            create table if not exists Orders(
            ID bigint(20) UNSIGNED not null AUTO_INCREMENT ,
              `Total` Decimal( 12 , 2 ) default 0.00 comment 'a  b, (c)' -- money

              , state enum ( 'a', 'b' ) CHARACTER  SET  binary collate Latin1_bin -- state
            ,  -- about created
              created datetime(6) not null default current_timestamp(6) on update Current_Timestamp (6),
              -- keys
              primary  key(ID), unique Uq(`Total` , state(3) desc), /* plain */ key k using btree (created),

              constraint Fk foreign key (ID) references other.Parent(Id,B) on delete set null on update cascade,
              check(ID>0 and `Total` <> - 1 or state in('x','and'))
              # last
            ) engine = innodb, default charset = UTF8MB4 comment='x' row_format dynamic
            partition by range (id) (partition p0 values less than(10) engine=InnoDB,
               partition p1 values less than maxvalue) -- end
            ;
            """)
        #expect(
            text == """
                -- the orders
                CREATE TABLE IF NOT EXISTS Orders (
                  ID BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
                  `Total` DECIMAL(12,2) DEFAULT 0.00 COMMENT 'a  b, (c)', -- money
                  state ENUM('a', 'b') CHARACTER SET binary COLLATE Latin1_bin, -- state
                  -- about created
                  created DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP (6),
                  -- keys
                  PRIMARY KEY (ID),
                  UNIQUE Uq (`Total`, state(3) DESC),
                  /* plain */ KEY k USING BTREE (created),

                  CONSTRAINT Fk FOREIGN KEY (ID) REFERENCES other.Parent (Id, B) ON DELETE SET NULL ON UPDATE CASCADE,
                  CHECK (ID>0 AND `Total` <> - 1 OR state IN('x', 'and'))
                  # last
                ) ENGINE=innodb, DEFAULT CHARSET=UTF8MB4 COMMENT='x' ROW_FORMAT dynamic
                PARTITION BY RANGE (id) (
                  PARTITION p0 VALUES LESS THAN (10) ENGINE=InnoDB,
                  PARTITION p1 VALUES LESS THAN MAXVALUE
                ); -- end

                """)
        #expect(try format(text) == text)
    }

    /// What one SQL mode takes for words can be a string to another.
    @Test("A file that would change in some SQL mode is left alone")
    func modes() throws {
        let text =
            #"create table x (p char(9) default 'a\', q char(9) default ' comment 'COMMENT' -- '"#
            + "\n);"
        for mode in ["", "NO_BACKSLASH_ESCAPES"] {
            #expect(throws: SchemaError.self) {
                _ = try ScriptFormatter.formatted(
                    Array(text.utf8), file: "t.sql", quoting: Dialect.Quoting(sqlMode: mode))
            }
        }
        let names = #"create table "t" ("id" int comment 'C:\');"#
        let bytes = try ScriptFormatter.formatted(
            Array(names.utf8), file: "t.sql",
            quoting: Dialect.Quoting(sqlMode: "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"""
                CREATE TABLE "t" (
                  "id" INT COMMENT 'C:\'
                );

                """#)
    }

    private func format(_ text: String) throws -> String {
        String(
            decoding: try ScriptFormatter.formatted(Array(text.utf8), file: "t.sql"),
            as: UTF8.self)
    }
}
