import Testing

@testable import Service

@Suite("What is asked, against its declaration")
struct ParametersTests {
    private static let rollout = Parameter("rollout", .text, in: .path, help: "the rollout")
    private static let count = Parameter("atMost", .number(most: 10), in: .body, help: "how many")
    private static let names = Parameter("name", .list, in: .query, help: "names")
    private static let off = Parameter("off", .flag, in: .body, help: "end it")
    private static let at = Parameter("at", .time, in: .query, help: "when")
    private static let last = Parameter("last", .duration, in: .body, help: "how long")
    private static let declared = [rollout, count, names, off, at, last, .reason]

    private func parameters(
        _ values: [String: [String]], _ spelling: Parameters.Spelling = .names
    ) throws -> Parameters {
        try Parameters(
            ["reason": ["why"]].merging(values) { $1 }, of: Self.declared, spelling: spelling)
    }

    @Test("texts, numbers, flags, times and lists are read")
    func read() throws {
        let asked = try parameters([
            "rollout": ["abc"], "atMost": ["7"], "name": ["a", "b"], "off": ["true"],
            "at": ["2026-11-20"], "last": ["2h"],
        ])
        #expect(asked.text(Self.rollout) == "abc")
        #expect(asked.number(Self.count) == 7)
        #expect(asked.texts(Self.names) == ["a", "b"])
        #expect(asked.has(Self.off))
        #expect(asked.time(Self.at)?.iso == "2026-11-20T00:00:00Z")
        #expect(asked.seconds(Self.last) == 7_200)
        #expect(try asked.required(.reason) == "why")
        let nothing = try parameters([:])
        #expect(nothing.text(Self.rollout) == nil && nothing.number(Self.count) == nil)
        #expect(!nothing.has(Self.off) && nothing.texts(Self.names) == [])
    }

    @Test("`-` in a path stands for none, and is a text elsewhere")
    func none() throws {
        #expect(try parameters(["rollout": ["-"]]).text(Self.rollout) == nil)
        #expect(try parameters(["name": ["-"]]).texts(Self.names) == ["-"])
    }

    @Test(
        "what cannot be understood is refused by name",
        arguments: [
            (["rolout": ["x"]], "no parameter `rolout`"),
            (["reason": [""]], "a reason is needed"), (["reason": []], "a reason is needed"),
            (["reason": ["a", "b"]], "reason is given twice"),
            (["atMost": ["0"]], "atMost 0: no such number"),
            (["atMost": ["-1"]], "no such number"), (["atMost": ["1.5"]], "no such number"),
            (["atMost": ["11"]], "use 10 at most"), (["off": ["yes"]], "neither true nor false"),
            (["at": ["yesterday"]], "no such time"), (["last": ["2 weeks"]], "no such duration"),
            (["last": ["9223372036854775807d"]], "no such duration"),
            (["rollout": [String(repeating: "x", count: 4_097)]], "rollout is too long"),
            (["name": [String](repeating: "x", count: 1_001)], "name is too long"),
        ])
    func refused(values: [String: [String]], words: String) throws {
        let error = #expect(throws: UsageError.self) { try parameters(values) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test("a command writes its options, and asks for as much as it likes")
    func options() throws {
        #expect(try parameters(["atMost": ["11"]], .options).number(Self.count) == 11)
        let long = String(repeating: "x", count: 10_000)
        #expect(try parameters(["rollout": [long]], .options).text(Self.rollout) == long)
        let error = #expect(throws: UsageError.self) {
            try parameters(["atMost": ["many"]], .options)
        }
        #expect(error?.fault == "--at-most many: no such number")
    }

    @Test("how an answer is shown is read, and bounded")
    func shown() throws {
        let shown = try Presentation(["width": ["80"], "colour": ["1"], "maxBytes": ["5000"]])
        #expect(shown == Presentation(width: 80, isColoured: true, maxBytes: 5_000))
        #expect(try Presentation([:]) == Presentation())
        for values in [["width": ["19"]], ["width": ["1001"]], ["maxBytes": ["99999999"]]] {
            #expect(throws: UsageError.self) { try Presentation(values) }
        }
    }
}
