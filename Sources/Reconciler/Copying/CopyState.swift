import Diff
import Foundation
import Model
import OnlineCopy

/// What the ledger has of a copy: for people, and for what comes behind the cutover.
struct CopyState: Codable, Hashable {
    /// How far it is; nil before it is known to be there.
    var report: CopyReport?
    /// How long the former table is kept.
    var keepSeconds: Int
    /// How long writers waited for the cutover; nil before it.
    var stallSeconds: Double?

    init(keepSeconds: Int) { self.keepSeconds = keepSeconds }

    /// - Parameter state: as it was recorded before.
    init(_ report: CopyReport, of state: EngineState?) {
        self = state.flatMap(CopyState.init) ?? CopyState(keepSeconds: 0)
        self.report = report
    }

    /// Nil for one that cannot be read.
    init?(_ state: EngineState) {
        guard state.version == Self.version,
            let known = try? JSONDecoder().decode(Self.self, from: Data(state.document.utf8))
        else { return nil }
        self = known
    }

    private static let version = 1

    var engineState: EngineState {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = (try? encoder.encode(self)) ?? Data()
        return EngineState(
            engine: .copy, version: Self.version, document: String(decoding: data, as: UTF8.self))
    }

    /// How far it is, for people.
    var words: String? {
        guard let report else { return nil }
        var parts = [Self.work(report)]
        if report.changes > 0 { parts.append("\(report.changes) changes brought over") }
        if report.repaired > 0 { parts.append("\(report.repaired) rows repaired") }
        if let stallSeconds {
            parts.append("writers waited \(Int((stallSeconds * 1_000).rounded())) ms")
            return parts.joined(separator: ", ")
        }
        if report.part != .ready, let speed = report.rowsPerSecond, speed >= 1 {
            parts.append("\(Int(speed)) rows a second")
        }
        if report.part != .ready, let left = report.secondsLeft {
            parts.append("about \(Self.duration(left)) left")
        }
        if report.backlog > 0 { parts.append("\(report.backlog) changes to bring over") }
        if report.logSeconds >= 1 {
            parts.append("\(Self.duration(report.logSeconds)) behind in the log")
        }
        if let reason = report.waitsFor { parts.append("waits: \(reason)") }
        return parts.joined(separator: ", ")
    }

    private static func work(_ report: CopyReport) -> String {
        let percent = String(format: "%.1f %%", report.percent)
        switch report.part {
        case .copying: return "\(percent): copied \(report.rows) rows"
        case .indexing: return "\(percent): copied \(report.rows) rows, builds the indexes"
        case .comparing: return "\(percent): copied \(report.rows) rows, compares them"
        case .ready: return "copied and compared \(report.rows) rows"
        case .swapped: return "copied \(report.rows) rows"
        }
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole < 120 { return "\(whole) s" }
        return whole < 7_200 ? "\(whole / 60) min" : "\(whole / 3_600) h"
    }
}
