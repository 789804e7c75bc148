import Foundation
import Schema
import Testing

@testable import Desired
import Git

@Suite struct ApprovalFileTests {
    private let digest = String(repeating: "ab", count: 32)

    private func read(
        _ files: [String: String], special: [String: SourceEntry.Kind] = [:]
    ) -> Result<[ApprovalFile], DesiredError> {
        Result { () throws(DesiredError) in
            try ApprovalFile.readAll(
                MemoryTree(files.merging(["plumb.yaml": "x"]) { $1 }, special: special))
        }
    }

    private func faults(_ text: String) -> [String] {
        switch read(["approvals/\(digest).yaml": text]) {
        case .success: []
        case .failure(let error):
            error.diagnostics.map {
                $0.description.replacing("approvals/\(digest).yaml", with: "f")
            }
        }
    }

    @Test func noFolderMeansNoApprovals() throws {
        #expect(try read([:]).get().isEmpty)
    }

    @Test func anApprovalIsRead() throws {
        let numbers = String(repeating: "1", count: 64)
        let files = try read([
            "approvals/\(digest).yaml": """
            digest: \(digest)
            approver: mia@example.com
            reason: the log is archived
            given: 2026-11-20T18:04:00Z
            expires: 2026-11-27T18:04:00+01:00
            """,
            "approvals/\(numbers).yaml": """
            {digest: \(numbers), decision: deny, approver: m, reason: r,
             given: "2026-11-20T18:04:00Z"}
            """,
            "approvals/README.md": "how to approve",
        ]).get()
        #expect(files.map(\.digest.hex) == [numbers, digest])
        #expect(files.map(\.decision) == [.deny, .approve])
        #expect(files.map(\.approver) == ["m", "mia@example.com"])
        #expect(files.map(\.reason) == ["r", "the log is archived"])
        #expect(
            try files.map(\.given)
                == Array(repeating: Date("2026-11-20T18:04:00Z", strategy: .iso8601), count: 2))
        #expect(
            try files.map(\.expires) == [nil, Date("2026-11-27T17:04:00Z", strategy: .iso8601)])
    }

    @Test func everyFaultHasItsPlace() {
        let good = "digest: \(digest)\napprover: m\nreason: r\ngiven: 2026-11-20T18:04:00Z\n"
        #expect(faults(good).isEmpty)
        #expect(
            faults("digest: \(digest)\n")
                == ["approver", "reason", "given"].map {
                    "f:1:1: error: an approval has no `\($0)` [missing-key]; add the key `\($0)`"
                })
        #expect(
            faults(good + "reasons: x\n") == [
                "f:5:1: error: `reasons` is not a key of an approval [unknown-key]; "
                    + "did you mean `reason`?"
            ])
        #expect(
            faults(good.replacing(digest, with: String(repeating: "cd", count: 32))) == [
                "f:1:9: error: `digest` is cdcdcdc…, and the file is named abababa… "
                    + "[invalid-approval]; give both the digest that the plan shows"
            ])
        #expect(
            faults(good.replacing(digest, with: "abc")) == [
                "f:1:9: error: `digest` is not 64 hexadecimal digits [invalid-value]; correct it"
            ])
        #expect(
            faults(good.replacing("2026-11-20T18:04:00Z", with: "yesterday")) == [
                "f:4:8: error: `given` is `yesterday`, which is not a time [invalid-value]; "
                    + "write it like `2026-11-20T18:04:00Z`"
            ])
        #expect(
            faults(good + "expires: 2026-11-20T18:04:00Z\n") == [
                "f:5:10: error: the approval expires before it is given [invalid-approval]; "
                    + "correct `given` or `expires`"
            ])
        #expect(
            faults(good + "decision: maybe\n") == [
                "f:5:11: error: `decision` is `maybe` [invalid-value]; "
                    + "the values are `approve`, `deny`"
            ])
    }

    @Test("attack: another letter case, a link or a submodule is no second approval")
    func onlyFilesNamedAfterDigestsAreRead() {
        let names = [
            "approvals/\(digest).yml", "approvals/\(digest.dropLast()).yaml",
            "approvals/\(digest.uppercased()).yaml", "approvals/\(digest).YAML",
        ]
        switch read(
            Dictionary(uniqueKeysWithValues: names.map { ($0, "x") }),
            special: ["approvals/link.yaml": .symlink, "approvals/mod": .submodule])
        {
        case .success: Issue.record("bad names were accepted")
        case .failure(let error):
            #expect(
                error.diagnostics.map(\.code) == [
                    .invalidApproval, .invalidApproval, .invalidApproval, .invalidApproval,
                    .refusedEntry, .refusedEntry,
                ])
        }
    }
}
