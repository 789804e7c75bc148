import Testing

@testable import Schema

@Suite("Counts agree with their nouns")
struct CountTests {
    @Test(arguments: [(0, "0 shards"), (1, "1 shard"), (2, "2 shards"), (1000, "1000 shards")])
    func noun(count: Int, text: String) {
        #expect(Count.of(count, "shard") == text)
        #expect(Count.of(UInt64(count), "shard") == text)
    }

    @Test(arguments: [
        (0, 1, "0 of 1 shard"), (1, 1, "1 of 1 shard"), (1, 2, "1 of 2 shards"),
    ])
    func part(part: Int, count: Int, text: String) {
        #expect(Count.of(part, of: count, "shard") == text)
    }
}
