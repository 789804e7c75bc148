import Basics
import Diff
import Execution
import Observed
import Schema
import Testing

@testable import Reconciler

@Suite("A loop asks rows again after a while, and at once what is new")
struct ProbeMemoryTests {
    private let now = sampleTime()

    private func request(_ sql: String) -> DataQuestionRunner.Request {
        DataQuestionRunner.Request(
            target: ObservationTarget(
                id: ShardID(namespace: "n", shard: "s"), server: .socket(path: "/s"),
                database: "d"), flavour: .mariadb, sql: sql)
    }

    /// The answers, and what had to be asked for them.
    private func ask(
        _ memory: ProbeMemory, _ sql: [String], after seconds: Int64,
        _ answers: [String: DataProbe.Answer]
    ) -> (answers: [DataProbe.Answer?], asked: [String]) {
        var asked: [String] = []
        let found = memory.complete(sql.map(request), now: now.adding(seconds: seconds)) { due in
            asked = due.map(\.sql)
            return due.map { answers[$0.sql] }
        }
        return (found, asked)
    }

    @Test func answersAreKeptForAWhile() {
        let memory = ProbeMemory()
        let first = ask(memory, ["a", "b"], after: 0, ["a": .clear, "b": .inTheWay])
        #expect(first.answers == [.clear, .inTheWay] && first.asked == ["a", "b"])
        let second = ask(memory, ["b", "c", "a"], after: 599, ["c": .notAnswered("x")])
        #expect(second.answers == [.inTheWay, .notAnswered("x"), .clear] && second.asked == ["c"])
        let third = ask(memory, ["a", "b", "c"], after: 600, ["a": .inTheWay, "b": .clear])
        #expect(third.answers == [.inTheWay, .clear, .notAnswered("x")])
        #expect(third.asked == ["a", "b"])
    }

    /// What the time did not suffice for is asked with the next pass.
    @Test func whatWasNotAskedIsNotKept() {
        let memory = ProbeMemory()
        #expect(ask(memory, ["a"], after: 0, [:]).answers == [nil])
        #expect(ask(memory, ["a"], after: 1, ["a": .clear]).answers == [.clear])
    }

    /// Equal questions are asked once, and what no plan holds any more is forgotten.
    @Test func onlyThePlansQuestionsAreKept() {
        let memory = ProbeMemory()
        #expect(ask(memory, ["a", "a"], after: 0, ["a": .clear]).asked == ["a"])
        #expect(ask(memory, ["b"], after: 1, ["b": .clear]).asked == ["b"])
        #expect(ask(memory, ["a"], after: 2, ["a": .inTheWay]).answers == [.inTheWay])
    }
}
