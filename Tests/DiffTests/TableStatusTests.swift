import Schema
import Testing

@testable import Diff

/// Every combination of git, record and shard.
@Suite struct TableStatusTests {
    /// `-` is absent, `?` unreadable; equal letters are equal digests.
    struct Case: CustomStringConvertible {
        let desired: String
        let recorded: String
        let observed: String
        let status: TableStatus?
        var isChanged = false
        var description: String { "\(desired) \(recorded) \(observed)" }

        init(_ states: String, _ status: TableStatus?, isChanged: Bool = false) {
            let words = states.split(separator: " ").map(String.init)
            desired = words[0]
            recorded = words[1]
            observed = words[2]
            self.status = status
            self.isChanged = isChanged
        }
    }

    static let cases = [
        // git wants it
        Case("D - -", .pending),
        Case("D - D", .inSync),
        Case("D - O", .pending),
        Case("D D -", .drifted),
        Case("D D D", .inSync),
        Case("D D O", .drifted),
        Case("D R -", .conflict),
        Case("D R D", .inSync),
        Case("D R R", .pending),
        Case("D R O", .conflict),
        // git does not want it
        Case("- - -", nil),
        Case("- - O", .unmanaged),
        Case("- R -", nil),
        Case("- R R", .retired),
        Case("- R O", .retired, isChanged: true),
        // nobody knows
        Case("D - ?", .unknown),
        Case("D D ?", .unknown),
        Case("D R ?", .unknown),
        Case("- - ?", .unknown),
        Case("- R ?", .unknown),
    ]

    @Test(arguments: cases) func standing(of state: Case) {
        func digest(_ letter: String) -> Digest? { letter == "-" ? nil : Digest(of: letter) }
        let observed: TableObservation =
            state.observed == "?"
            ? .unreadable : digest(state.observed).map { .present($0) } ?? .absent
        let standing = TableStanding.of(
            desired: digest(state.desired), recorded: digest(state.recorded), observed: observed)
        #expect(standing?.status == state.status)
        #expect(standing?.isChangedSinceRecorded ?? false == state.isChanged)
    }
}
