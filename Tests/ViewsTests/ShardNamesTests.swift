import TestSupport
import Testing

@testable import Views

@Suite struct ShardNamesTests {
    @Test(arguments: [
        ([], ""),
        (["commerce"], "commerce"),
        (["commerce_07"], "commerce_07"),
        (Sample.commerce((0...22).filter { $0 != 17 }), "commerce_{00..16,18..22}"),
        (["s_2", "s_0", "s_1", "s_1"], "s_{0..2}"),
        (["s_1", "s_2"], "s_{1,2}"),
        (["s_9", "s_10", "s_11", "s_12"], "s_{10..12}, s_9"),
        (["shard1", "shard2", "shard3"], "shard{1..3}"),
        (["s_08", "s_09", "s_0a", "s_0b"], "s_{08..0b}"),
        (["s_08", "s_09", "s_10", "s_11"], "s_{08..11}"),
        // In sixteens, but no end shows it: the range is cut where a letter does.
        (
            ["s_08", "s_09", "s_0a", "s_0b", "s_0c", "s_0d", "s_0e", "s_0f", "s_10"],
            "s_{08..0f,10}"
        ),
        (["s_ff", "s_fe", "s_fd"], "s_{fd..ff}"),
        (["t_01_eu", "t_02_eu", "t_03_eu", "t_01_us"], "t_{01..03}_eu, t_01_us"),
        (["-40", "40-80", "80-c0", "c0-"], "-40, 40-80, 80-c0, c0-"),
        (["a b", "a,b", "x", ""], "\"\", \"a b\", \"a,b\", x"),
        (["a\u{1B}", "a\"\\"], "\"a\\u{1b}\", \"a\\\"\\\\\""),
    ])
    func compact(_ names: [String], _ text: String) {
        #expect(ShardNames.compact(names) == text)
        #expect(ShardNames.expand(text) == Array(Set(names)).sorted())
    }

    @Test(arguments: ["a,b", "a, ", "a_{1..", "a_{2..1}", "a_{x..1}", "\"a", "\"\\x\"", ", a"])
    func refused(_ text: String) {
        #expect(ShardNames.expand(text) == nil)
    }

    /// Whatever the names are, they come back.
    @Test func roundTrip() {
        var random = SeededGenerator(seed: 7)
        let prefixes = ["s_", "s", "commerce_", "", "a-", "é", "x{", "q\"", "ab_cafe_", "s_0"]
        let suffixes = ["", "", "", "_eu", "-", " ", "\n", "z", "_0a"]
        for _ in 0..<2000 {
            var names: [String] = []
            let prefix = random.any(prefixes)
            let suffix = random.any(suffixes)
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let radix = random.any([10, 16])
                let digits = String(Int.random(in: 0..<300, using: &random), radix: radix)
                let zeros = String(repeating: "0", count: Int.random(in: 0...2, using: &random))
                let isOther = random.chance(12)
                names.append(
                    (isOther ? random.any(prefixes) : prefix) + zeros + digits
                        + suffix)
            }
            let text = ShardNames.compact(names)
            #expect(ShardNames.expand(text) == Array(Set(names)).sorted(), "\(text)")
        }
    }

    @Test func tenThousandShardsAreShort() {
        let names = (0..<10_000).map { "tenant_" + String(10_000 + $0).dropFirst() }
        #expect(ShardNames.compact(names) == "tenant_{0000..9999}")
        #expect(ShardNames.count(22, of: 24) == "22 of 24 shards")
        #expect(ShardNames.count(1, of: 1) == "1 of 1 shard")
    }
}
