import Testing

@testable import Diff

@Suite struct TypeChangeTests {
    struct Case: CustomStringConvertible {
        let from: String
        let to: String
        let rule: String
        let hazard: Hazard
        let width: Int
        var description: String { "\(from) → \(to)" }

        init(_ from: String, _ to: String, _ rule: String, _ hazard: Hazard, width: Int = 4) {
            self.from = from
            self.to = to
            self.rule = rule
            self.hazard = hazard
            self.width = width
        }
    }

    static let cases = [
        Case("int(11)", "bigint(20)", "widen-type", .costly),
        Case("bigint(20)", "int(11)", "narrow-type", .lossy),
        Case("int(11)", "int(10) unsigned", "narrow-type", .lossy),
        Case("int(10) unsigned", "int(11)", "narrow-type", .lossy),
        Case("int(10) unsigned", "bigint(20)", "widen-type", .costly),
        Case("bigint(20) unsigned", "bigint(20)", "narrow-type", .lossy),
        Case("int(11)", "int(5)", "change-display", .safe),
        Case("int", "int unsigned zerofill", "narrow-type", .lossy),
        Case("tinyint(1)", "tinyint(4)", "change-display", .safe),
        Case("bit(1)", "bit(8)", "widen-type", .costly),
        Case("bit(8)", "bit(1)", "narrow-type", .lossy),
        Case("decimal(10,2)", "decimal(12,2)", "widen-type", .costly),
        Case("decimal(10,2)", "decimal(12,4)", "widen-type", .costly),
        Case("decimal(10,2)", "decimal(10,4)", "narrow-type", .lossy),
        Case("decimal(10,2)", "decimal(10,0)", "narrow-type", .lossy),
        Case("decimal(10,2)", "decimal(10,2) unsigned", "narrow-type", .lossy),
        Case("decimal(10,2) unsigned", "decimal(10,2)", "widen-type", .costly),
        Case("int(11)", "decimal(10,0)", "widen-type", .costly),
        Case("int(11)", "decimal(9,0)", "narrow-type", .lossy),
        Case("decimal(10,2)", "int(11)", "convert-type", .lossy),
        Case("decimal(10,2)", "double", "convert-type", .lossy),
        Case("float", "double", "convert-type", .lossy),
        Case("double", "float", "narrow-type", .lossy),
        Case("float(7,3)", "float", "widen-type", .costly),
        Case("float", "float(7,3)", "narrow-type", .lossy),
        Case("double", "double unsigned", "narrow-type", .lossy),
        Case("int(11)", "double", "widen-type", .costly),
        Case("int(11)", "float", "convert-type", .lossy),
        Case("smallint(6)", "float", "widen-type", .costly),
        Case("bigint(20)", "double", "convert-type", .lossy),
        Case("varchar(20)", "varchar(40)", "widen-type", .safe),
        Case("varchar(63)", "varchar(64)", "widen-type", .costly),
        Case("varchar(255)", "varchar(256)", "widen-type", .costly, width: 1),
        Case("varchar(254)", "varchar(255)", "widen-type", .safe, width: 1),
        Case("varchar(64)", "varchar(255)", "widen-type", .safe),
        Case("varchar(40)", "varchar(20)", "narrow-type", .lossy),
        Case("varchar(20)", "text", "widen-type", .costly),
        Case("text", "varchar(20)", "narrow-type", .lossy),
        Case("text", "mediumtext", "widen-type", .costly),
        Case("longtext", "text", "narrow-type", .lossy),
        Case("char(10)", "varchar(10)", "widen-type", .costly),
        Case("varchar(10)", "char(10)", "narrow-type", .lossy),
        Case("char(10)", "char(20)", "widen-type", .costly),
        Case("char(20)", "char(10)", "narrow-type", .lossy),
        Case("binary(16)", "varbinary(16)", "widen-type", .costly),
        Case("binary(4)", "binary(6)", "convert-type", .lossy),
        Case("binary(6)", "binary(4)", "narrow-type", .lossy),
        Case("varbinary(16)", "varbinary(8)", "narrow-type", .lossy),
        Case("blob", "longblob", "widen-type", .costly),
        Case("varchar(10)", "varbinary(10)", "convert-type", .lossy),
        Case("text", "blob", "convert-type", .lossy),
        Case("enum('a','b')", "enum('a','b','c')", "append-members", .safe),
        Case("enum('a','b')", "enum('b','a')", "reorder-members", .lossy),
        Case("enum('a','b')", "enum('c','a','b')", "reorder-members", .lossy),
        Case("enum('a','b')", "enum('a')", "remove-members", .lossy),
        Case("enum('a,b','c')", "enum('a,b','c','d')", "append-members", .safe),
        Case("enum('it''s')", "enum('it''s','x')", "append-members", .safe),
        Case("enum('a','bcd')", "varchar(3)", "widen-type", .costly),
        Case("enum('a','bcd')", "varchar(2)", "narrow-type", .lossy),
        Case("set('a','b')", "set('a','b','c')", "append-members", .safe),
        Case(
            "set('1','2','3','4','5','6','7','8')", "set('1','2','3','4','5','6','7','8','9')",
            "append-members", .costly),
        Case("set('a','b')", "set('a')", "remove-members", .lossy),
        Case("set('a')", "enum('a')", "convert-type", .lossy),
        Case("datetime", "datetime(3)", "widen-type", .costly),
        Case("datetime(6)", "datetime(3)", "narrow-type", .lossy),
        Case("date", "datetime", "widen-type", .costly),
        Case("datetime", "date", "convert-type", .lossy),
        Case("timestamp", "datetime", "convert-type", .lossy),
        Case("datetime", "timestamp", "convert-type", .lossy),
        Case("time(6)", "time", "narrow-type", .lossy),
        Case("int(11)", "varchar(11)", "widen-type", .costly),
        Case("int(11)", "varchar(10)", "narrow-type", .lossy),
        Case("int(10) unsigned", "varchar(10)", "widen-type", .costly),
        Case("varchar(10)", "int(11)", "convert-type", .lossy),
        Case("longtext", "json", "convert-type", .lossy),
        Case("point", "geometry", "convert-type", .lossy),
        Case("uuid", "char(36)", "convert-type", .lossy),
    ]

    @Test(arguments: cases) func verdict(on change: Case) {
        let verdict = TypeChange.verdict(
            from: change.from, to: change.to, bytesPerCharacter: change.width)
        #expect(verdict.rule.rawValue == change.rule)
        #expect(verdict.hazard == change.hazard)
    }
}
