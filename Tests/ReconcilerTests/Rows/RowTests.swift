import Diff
import Foundation
import Reports
import Testing

@testable import Reconciler
@testable import TestSupport

/// Every value stays what it was, or somebody was told.
///
/// What a server makes of a copy by its own strict statement, and what it takes into the table that
/// is wanted, are the judges; a change that is refused leaves everything as it was.
@Suite("Tables with rows")
struct RowTests {
    /// Cases in one schema repository: fewer passes, the same statements.
    private static let most = 60
    private static let parents = [
        "CREATE TABLE p (id int PRIMARY KEY, big bigint UNIQUE, name varchar(20) UNIQUE)"
    ]

    private func hold(_ kind: TestServer.Kind, _ cases: [RowCase], seed: Int = 0) throws {
        let taken = cases.filter { $0.flavour == nil || $0.flavour == kind.flavour }
        for first in stride(from: 0, to: taken.count, by: Self.most) {
            try pass(kind, Array(taken[first..<min(first + Self.most, taken.count)]), seed)
        }
    }

    /// A file that is refused ends a pass before anything is done: the others get one without it.
    private func holdForeign(
        _ kind: TestServer.Kind, _ cases: [RowCase], seed: Int, atMost most: Int = 40
    ) throws {
        for first in stride(from: 0, to: cases.count, by: most) {
            let part = Array(cases[first..<min(first + most, cases.count)])
            do {
                try pass(kind, part, seed, isForeign: true)
            } catch  where part.count > 1 {
                try holdForeign(kind, part, seed: seed, atMost: max(1, part.count / 3))
            } catch {
                print("\(kind), \(part[0].label): refused: \(error)")
            }
        }
    }

    private func pass(
        _ kind: TestServer.Kind, _ cases: [RowCase], _ seed: Int, isForeign: Bool = false
    ) throws {
        let fleet = try RowFleet(kind)
        defer { try? fleet.clear() }
        let trials = try cases.enumerated().compactMap { place, one in
            try RowTrial(one, in: fleet, seed: UInt64(truncatingIfNeeded: seed &+ place))
        }
        guard !trials.isEmpty else { return }
        #expect(
            isForeign || trials.count * 2 > cases.count, "\(kind) takes hardly any of the cases")
        try fleet.commit()
        var findings = try fleet.plan().plan.steps
        let report = try fleet.reconcile()
        // What takes two runs gets them.
        findings += try fleet.plan().plan.steps
        let second = try fleet.reconcile()
        var changed = 0
        for (place, trial) in trials.enumerated() {
            let namespace = fleet.namespace(place)
            let told = findings.filter { $0.namespace == namespace }.flatMap(\.findings)
            let faults = try trial.faults(announced: told)
            changed += trial.changed
            guard !faults.isEmpty else { continue }
            let troubles = (report.rollout.troubles + second.rollout.troubles)
                .filter { $0.key.namespace == namespace }.map(\.message)
            let refusals = report.plan.plan.unsupported.filter { $0.namespace == namespace }
                .map(\.reason)
            let statements = findings.filter { $0.namespace == namespace }
                .flatMap(\.statements).map(\.sql)
            Issue.record(
                """
                \(kind), \(trial.change.label): \(faults.joined(separator: "\n"))
                told: \(told.map { "\($0.rule) \($0.hazard)" }), troubles: \(troubles + refusals)
                \(statements.joined(separator: "\n"))
                """)
        }
        #expect(isForeign || changed * 4 >= trials.count, "\(kind): hardly anything changed")
        print("\(kind): \(trials.count) of \(cases.count) cases, \(changed) tables changed")
    }

    @Test(arguments: TestServer.available)
    func keepTheirValues(kind: TestServer.Kind) throws {
        try hold(kind, RowCases.all + RowCases.byRows)
    }

    @Test(arguments: TestServer.available)
    func keepTheirValuesAtRandom(kind: TestServer.Kind) throws {
        let seeds = Rounds.seeds(9)
        try hold(
            kind,
            seeds.map { seed in
                var cases = RandomRowCases(seed: seed, flavour: kind.flavour)
                return cases.next()
            }, seed: seeds.lowerBound)
    }

    /// `make fuzz` tries them all, a test run one in eight.
    @Test(arguments: TestServer.available)
    func keepTheirValuesInKnownCases(kind: TestServer.Kind) throws {
        let seeds = Rounds.seeds(1)
        let all = StatementCases.all.filter { $0.renames.isEmpty }
        let cases =
            seeds.count > 1 ? all : all.enumerated().filter { $0.offset % 8 == 1 }.map(\.element)
        try hold(
            kind,
            cases.map { one in
                RowCase(one.name, from: one.from, to: one.to, parents: Self.parents)
            }, seed: seeds.lowerBound)
        try holdForeign(kind, RowCase.foreign(), seed: seeds.lowerBound)
    }
}
