import Diff
import Testing

@testable import Views

@Suite struct ProbeWordsTests {
    private static let question = DataQuestion(sought: "NULL in `qty`", sql: "q", look: "l")

    private func lines(_ answers: [String: DataProbe.Answer]) -> [String] {
        var probe = DataProbe(Self.question)
        probe.take(answers)
        return ProbeWords.lines(probe, shardCount: 24)
    }

    @Test func everyAnswerIsSaid() {
        #expect(
            lines([
                "c_03": .inTheWay, "c_04": .inTheWay, "c_07": .clear, "c_08": .clear,
                "c_09": .clear, "c_11": .notAnswered("no answer within 2 s"),
            ]) == [
                "rows in the way on c_{03,04} (2 of 24 shards): NULL in `qty`",
                "no row in the way on 3 of 24 shards: NULL in `qty`",
                "not known on c_11 (1 of 24 shards): no answer within 2 s", "look: l",
            ])
    }

    /// Nobody has to look where all shards said that there is nothing.
    @Test func allClear() {
        #expect(
            lines(["c_07": .clear]) == ["no row in the way on 1 of 24 shards: NULL in `qty`"])
    }

    @Test func notAsked() {
        #expect(
            ProbeWords.lines(DataProbe(notAsked: "column `n` is new"), shardCount: 24)
                == ["rows not asked: column `n` is new"])
    }
}
