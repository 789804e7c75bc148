import Testing

@testable import Desired

@Suite struct ShardPatternTests {
    @Test(arguments: [
        ("plain", ["plain"]),
        ("a{0..3}", ["a0", "a1", "a2", "a3"]),
        ("{8..11}", ["8", "9", "10", "11"]),
        ("{08..11}", ["08", "09", "10", "11"]),
        ("x{e..11}y", ["xey", "xfy", "x10y", "x11y"]),
        ("{0E..10}", ["0E", "0F", "10"]),
        ("{0..1}-{a..b}", ["0-a", "0-b", "1-a", "1-b"]),
        ("{7..7}", ["7"]),
    ])
    func rangesExpand(pattern: String, texts: [String]) throws {
        #expect(try ShardPattern(pattern).expanded() == texts)
    }

    @Test(arguments: [
        ("commerce_{00..ff}", 256, "commerce_00", "commerce_ff"),
        ("s{000..127}", 128, "s000", "s127"),
        ("s{00..99}", 100, "s00", "s99"),
        ("{00..0f}{0..9}", 160, "000", "0f9"),
        ("t{0000..9999}", 10_000, "t0000", "t9999"),
    ])
    func countsAndEndsAreRight(
        pattern: String, count: Int, first: String, last: String
    ) throws {
        let read = try ShardPattern(pattern)
        let texts = read.expanded()
        #expect(read.count == count)
        #expect(texts.count == count)
        #expect(Set(texts).count == count)
        #expect(texts.first == first)
        #expect(texts.last == last)
    }

    @Test(arguments: [
        ("a{0..3", "`a{0..3` has a brace without its partner"),
        ("a}0..3{", "`a}0..3{` has a brace without its partner"),
        ("a{3}", "`{3}` in `a{3}` is not a range like `{00..ff}`"),
        ("a{}", "`{}` in `a{}` is not a range like `{00..ff}`"),
        ("a{0..z}", "`{0..z}` in `a{0..z}` is not a range of numbers"),
        ("a{-1..3}", "`{-1..3}` in `a{-1..3}` is not a range of numbers"),
        ("a{..3}", "`{..3}` in `a{..3}` is not a range of numbers"),
        ("a{5..3}", "`{5..3}` in `a{5..3}` runs backwards"),
        ("a{00..100}", "`{00..100}` in `a{00..100}` pads its bounds to different widths"),
        ("a{a..F}", "`{a..F}` in `a{a..F}` mixes upper and lower case"),
        ("{0..999999}", "`{0..999999}` stands for more than 100000 names"),
        ("{0..999}{0..999}", "`{0..999}{0..999}` stands for more than 100000 names"),
        (
            "{0..9999999999999999999}",
            "`{0..9999999999999999999}` in "
                + "`{0..9999999999999999999}` is not a range of numbers"
        ),
    ])
    func badPatternsAreRefused(pattern: String, message: String) {
        #expect(throws: ShardPattern.Fault(message: message)) { try ShardPattern(pattern) }
    }

    @Test func shardsAreSpreadInBlocks() throws {
        let text = fleetText(
            shards: "[{pattern: \"s{0..6}\", hosts: [\"db-{0..1}\", \"[::1]:3307\"]}]")
        let fleet = try fleet(text)
        let environment = try fleet.selectEnvironment(nil)
        let shards = try fleet.resolve(environment) { _, _ in [] }
        #expect(
            shards.map { "\($0.id) \($0.server) \($0.database)" } == [
                "commerce/s0 db-0:3306 s0", "commerce/s1 db-0:3306 s1", "commerce/s2 db-0:3306 s2",
                "commerce/s3 db-1:3306 s3", "commerce/s4 db-1:3306 s4",
                "commerce/s5 [::1]:3307 s5", "commerce/s6 [::1]:3307 s6",
            ])
    }
}
