import Ledger
import Model
import Reconciler
import Schema
import Service
import Signatures
import Views

/// `plumb store verify`.
enum StoreCommand {
    static let verify = Command(
        name: "store verify", summary: "check every object of the ledger",
        details: "With --signed, each transition must be signed by one of --allowed-signers.",
        options: Option.fleet + [
            .signed, .allowedSigners, .known, .repair, .copy, .output, .noColor,
        ], run: run)

    /// One fault of the ledger.
    private struct Fault {
        let place: String
        let object: String
        let message: String

        var line: String { Visible.line("\(place): \(message)") }
    }

    /// The result of a check.
    private struct Findings {
        var faults: [Fault]
        /// The number of all faults, including those that are not listed.
        var faultCount: Int
        var summary: String
    }

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let verifier = try verifier(invocation)
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let ledger = session.store.ledger
        try ledger.requireKnownLayouts()
        var found: [Findings] = []
        if invocation.has(.repair) {
            let repair = try StoreRepair(invocation, session)
            found.append(
                objects(repair.report, repair.lines, meaning: StoreRepair.meaning))
        } else {
            guard invocation.value(.copy) == nil else {
                throw UsageError(message: "--from without --repair", remedy: "add --repair")
            }
            found.append(objects(try ledger.verify()))
        }
        if let verifier {
            found.append(try signatures(ledger, verifier, since: invocation.values(.known)))
        }
        let status: ExitStatus = ExitStatus(
            found.filter { $0.faultCount > 0 }.map { _ in .checkFailed })
        let faults = found.flatMap(\.faults)
        if format == .json {
            let rows = faults.map {
                ["place": $0.place, "object": $0.object, "problem": $0.message]
            }
            let summary = found.map(\.summary).joined(separator: "; ")
            invocation.terminal.answer(
                JSONView.table(
                    kind: "store-verify", rows: rows, summary: summary, exit: status) + "\n",
                as: .json)
            return status
        }
        let lines = faults.map { Visible.line($0.line) } + found.map(\.summary)
        invocation.answer(
            lines.joined(separator: "\n") + "  exit \(status.rawValue)\n", as: format)
        return status
    }

    /// The verifier of signatures; nil without `--signed`.
    private static func verifier(_ invocation: Invocation) throws -> SignatureVerifier? {
        guard invocation.has(.signed) else {
            for option in [Option.allowedSigners, .known] where invocation.value(option) != nil {
                throw UsageError(
                    message: "--\(option.name) without --signed", remedy: "add --signed")
            }
            return nil
        }
        guard let file = invocation.value(.allowedSigners) else {
            throw UsageError(
                message: "--signed needs the keys whose signatures count",
                remedy: "name them with --allowed-signers FILE, one `name key` a line")
        }
        return SignatureVerifier(allowedSigners: try AllowedSigners.read(file))
    }

    /// - Parameters:
    ///   - done: what was done before, one line each.
    ///   - meaning: what a problem means for the fleet.
    private static func objects(
        _ report: VerifyReport, _ done: [String] = [],
        meaning: ((VerifyReport.Problem) -> String)? = nil
    ) -> Findings {
        let found =
            report.isSound ? "all sound" : Count.of(report.problems.count, "problem")
        let summary =
            Count.of(report.environments.count, "environment") + ", "
            + Count.of(report.commits, "commit") + ", "
            + Count.of(report.objects, "object") + ": \(found)"
        return Findings(
            faults: report.problems.map { problem in
                let meaning = meaning.map { " (\($0(problem)))" } ?? ""
                return Fault(
                    place: problem.place, object: problem.object,
                    message: problem.message + meaning)
            }, faultCount: report.problems.count,
            summary: (done + [summary]).joined(separator: "\n"))
    }

    private static func signatures(
        _ ledger: Ledger, _ verifier: SignatureVerifier, since: [String]
    ) throws(LedgerError) -> Findings {
        let report = try ledger.verifySignatures(verifier, since: since)
        var faults = report.problems.map { problem in
            let commit = problem.commit.isEmpty ? "" : "commit \(problem.commit): "
            return Fault(
                place: problem.environment, object: problem.commit,
                message: commit + problem.message)
        }
        let untold = report.problemCount - report.problems.count
        if untold > 0 {
            faults.append(
                Fault(
                    place: "signatures", object: "",
                    message: "\(Count.of(untold, "further commit")) that do not count"))
        }
        let environments = report.environments.map(line)
        let found =
            report.isSound
            ? "every commit is signed" : Count.of(report.problemCount, "problem")
        return Findings(
            faults: faults, faultCount: report.problemCount,
            summary: (environments + ["signatures: \(found)"]).joined(separator: "\n"))
    }

    private static func line(_ environment: SignatureReport.Environment) -> String {
        let tip = environment.tip.map { "; newest commit \($0)" } ?? ""
        guard let since = environment.signedSince else {
            return "\(environment.name): no signed commit" + tip
        }
        let signers = environment.signers.sorted { $0.key < $1.key }
            .map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        return "\(environment.name): \(Count.of(environment.signed, "commit")) signed since "
            + "\(since.time) (\(since.commit.short)) by \(signers)" + tip
    }
}
