import Desired
import Testing

@testable import Lint

@Suite("Rules about names, character sets, columns and rows")
struct ColumnRuleTests {
    @Test("Reserved words, quoted or not, of tables and columns")
    func reservedWords() throws {
        #expect(
            try findings(
                .reservedWord,
                "CREATE TABLE `Order` (\n  `key` int, rank int, returning int, name text, status int)"
            )
                == [
                    "1:14 the table name `Order` is a reserved word of MySQL and MariaDB",
                    "2:3 the column name `key` of `Order` is a reserved word of MySQL and MariaDB",
                    "2:14 the column name `rank` of `Order` is a reserved word of MySQL",
                    "2:24 the column name `returning` of `Order` is a reserved word of MariaDB",
                ])
    }

    @Test("Each list of reserved words has words of its own")
    func reservedWordLists() {
        #expect(ReservedWords.both.isDisjoint(with: ReservedWords.mysqlOnly))
        #expect(ReservedWords.both.isDisjoint(with: ReservedWords.mariadbOnly))
        #expect(ReservedWords.mysqlOnly.isDisjoint(with: ReservedWords.mariadbOnly))
    }

    @Test(
        "Styles of names",
        arguments: [
            (
                NameStyle.lowerSnake, ["order_line", "a1", "_x"],
                ["OrderLine", "orderLine", "a-b", "ä", "1a"]
            ),
            (.lowerCamel, ["orderLine", "order"], ["OrderLine", "order_line", "_x"]),
            (.upperCamel, ["OrderLine", "Order2"], ["orderLine", "Order_line"]),
            (.any, ["Order-line ö"], []),
        ])
    func styles(style: NameStyle, fitting: [String], others: [String]) {
        #expect(fitting.filter { !style.fits($0) } == [])
        #expect(others.filter { style.fits($0) } == [])
    }

    @Test("Names by the styles of plumb.yaml")
    func nameCase() throws {
        let text = "CREATE TABLE Orders (customerId int, total_sum int)"
        #expect(
            try findings(.nameCase, text) == [
                "1:14 the table name `Orders` is not written in lower_snake",
                "1:22 the column name `customerId` of `Orders` is not written in lower_snake",
            ])
        #expect(
            try findings(
                .nameCase, text, lint: "lint: {table_names: upper_camel, column_names: lower_camel}"
            )
                == ["1:38 the column name `total_sum` of `Orders` is not written in lower_camel"])
    }

    @Test("Character sets other than the fleet's, and utf8mb3")
    func characterSets() throws {
        let text = """
            CREATE TABLE t (
              a char(1) CHARACTER SET ascii, b text COLLATE utf8mb4_bin, c char(1) CHARSET utf8,
              d national char(1), e text COLLATE utf8mb3_bin, f enum('a') COLLATE uca1400_ai_ci
            ) DEFAULT CHARACTER SET = latin1
            """
        #expect(
            try findings(.charsetNotDefault, text) == [
                "2:27 the column `a` of `t` is in ascii, not in utf8mb4",
                "4:27 the table `t` is in latin1, not in utf8mb4",
            ])
        #expect(
            try findings(.utf8mb3, text) == [
                "2:80 the column `c` of `t` is in utf8mb3",
                "3:3 the column `d` of `t` is in utf8mb3",
                "3:38 the column `e` of `t` is in utf8mb3",
            ])
        #expect(
            try findings(.charsetNotDefault, text, lint: "lint: {charset: latin1}") == [
                "2:27 the column `a` of `t` is in ascii, not in latin1",
                "2:49 the column `b` of `t` is in utf8mb4, not in latin1",
            ])
    }

    @Test(
        "Counters that run out, and counters without a key",
        arguments: [
            ("id bigint unsigned AUTO_INCREMENT PRIMARY KEY", []),
            ("id bigint AUTO_INCREMENT PRIMARY KEY", []),
            ("id int unsigned AUTO_INCREMENT, KEY (id)", []), ("id SERIAL", []),
            ("id bigint unsigned SERIAL DEFAULT VALUE", []),
            (
                "id int AUTO_INCREMENT PRIMARY KEY",
                ["the AUTO_INCREMENT column `id` of `t` is int, which ends at 2147483647"]
            ),
            (
                "id SMALLINT(5) UNSIGNED AUTO_INCREMENT PRIMARY KEY",
                [
                    "the AUTO_INCREMENT column `id` of `t` is smallint(5) unsigned, which ends at 65535"
                ]
            ),
            (
                "id double AUTO_INCREMENT PRIMARY KEY",
                ["the AUTO_INCREMENT column `id` of `t` is double, which is no whole number"]
            ),
            (
                "a int, id bigint AUTO_INCREMENT, PRIMARY KEY (a, id)",
                ["the AUTO_INCREMENT column `id` of `t` is not the first column of a key"]
            ),
        ] as [(String, [String])])
    func autoIncrement(body: String, expected: [String]) throws {
        #expect(
            try findings(.autoIncrementUnfit, "CREATE TABLE t (\(body))").map(withoutPlace)
                == expected)
    }

    @Test(
        "Money in binary fractions",
        arguments: [
            ("unit_price float", true), ("totalCosts DOUBLE PRECISION", true),
            ("AMOUNT real", true), ("taxes float(5,2)", true), ("price decimal(9,2)", false),
            ("weight float", false), ("surprice float", false), ("feed double", false),
        ])
    func floatMoney(column: String, isFound: Bool) throws {
        #expect(
            try findings(.floatMoney, "CREATE TABLE t (\(column))").isEmpty == !isFound)
    }

    @Test(
        "Dates that are none",
        arguments: [
            ("d date DEFAULT '0000-00-00'", true), ("d datetime DEFAULT 0", true),
            ("d datetime(3) NOT NULL DEFAULT '0000-00-00 00:00:00.000'", true),
            ("d timestamp DEFAULT '2020-00-01'", true), ("d date DEFAULT DATE '2020-01-00'", true),
            ("d date DEFAULT '2020-01-10'", false), ("d date DEFAULT '2000-10-20'", false),
            ("d int DEFAULT 0", false), ("d datetime DEFAULT CURRENT_TIMESTAMP", false),
            ("d varchar(10) DEFAULT '0000-00-00'", false), ("d time DEFAULT 0", false),
            ("d date DEFAULT NULL", false),
        ])
    func zeroDate(column: String, isFound: Bool) throws {
        #expect(try findings(.zeroDate, "CREATE TABLE t (\(column))").isEmpty == !isFound)
    }

    @Test("Rows of more than 65535 bytes")
    func rowTooLong() throws {
        #expect(
            try findings(.rowTooLong, "CREATE TABLE t (a varchar(16384) NOT NULL, b text)")
                == ["1:14 a row of `t` takes up to 65549 bytes, more than 65535"])
        #expect(try findings(.rowTooLong, "CREATE TABLE t (a varchar(16000), b text)") == [])
        #expect(
            try findings(.rowTooLong, "CREATE TABLE t (a varchar(16384)) CHARSET=latin1") == [])
    }

    @Test("Numbers that no server takes are no trouble")
    func hugeNumbers() throws {
        let huge = "9223372036854775807"
        let text = """
            CREATE TABLE t (a varchar(\(huge)), b decimal(\(huge),\(huge)), c bit(\(huge)),
              d datetime(\(huge)), e varchar(-1), f char(99999999999999999999),
              KEY (a(\(huge)), b, c, d), UNIQUE (e))
            """
        #expect(try findings(.rowTooLong, text).count == 1)
        #expect(try findings(.indexTooLong, text).count == 1)
    }

    @Test("Engines and comments")
    func engineAndComment() throws {
        let text = "CREATE TABLE t (a int COMMENT 'x', b int) ENGINE = MyISAM COMMENT 'COLLATE'"
        #expect(
            try findings(.engineNotInnoDB, text) == ["1:52 the table `t` has the engine MyISAM"])
        #expect(try findings(.engineNotInnoDB, "CREATE TABLE t (a int) ENGINE=innodb") == [])
        #expect(
            try findings(.missingComment, text) == ["1:36 the column `b` of `t` has no comment"])
        #expect(
            try findings(.missingComment, "CREATE TABLE t (a int COMMENT 'x')")
                == ["1:14 the table `t` has no comment"])
    }
}
