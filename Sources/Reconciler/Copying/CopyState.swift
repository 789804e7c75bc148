import Diff
import Foundation
import Model
import OnlineCopy

/// What the ledger has of a copy: for people, and for what comes behind the cutover.
struct CopyState: Codable, Hashable {
    /// How far it is; nil before it is known to be there.
    var progress: Progress?
    /// How long the former table is kept.
    var keepSeconds: Int
    /// How long writers waited for the cutover; nil before it.
    var stallSeconds: Double?

    struct Progress: Codable, Hashable {
        var phase: String
        var rows: Int
        var changes: Int
        var repaired: Int
        var isCompared: Bool
        /// Why it waits; nil where it goes on.
        var waitsFor: String?
    }

    init(keepSeconds: Int) { self.keepSeconds = keepSeconds }

    /// - Parameter state: as it was recorded before.
    init(_ copy: TableCopy, of state: EngineState?) {
        self = state.flatMap(CopyState.init) ?? CopyState(keepSeconds: 0)
        let progress = copy.progress
        self.progress = Progress(
            phase: progress.phase.rawValue, rows: progress.rows, changes: progress.changes,
            repaired: progress.repaired, isCompared: progress.isCompared,
            waitsFor: copy.waitsFor)
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
        guard let progress else { return nil }
        let rows = "\(progress.rows) rows"
        let changed =
            (progress.changes > 0 ? ", \(progress.changes) brought over again" : "")
            + (progress.repaired > 0 ? ", \(progress.repaired) repaired" : "")
        if let stallSeconds {
            let milliseconds = Int((stallSeconds * 1_000).rounded())
            return "copied \(rows)\(changed); writers waited \(milliseconds) ms"
        }
        let waits = progress.waitsFor.map { "; waits: \($0)" } ?? ""
        return phaseWords(progress, "copied \(rows)\(changed)") + waits
    }

    private func phaseWords(_ progress: Progress, _ copied: String) -> String {
        switch CopyProgress.Phase(rawValue: progress.phase) {
        case .copying?: copied
        case .indexing?: copied + "; builds the indexes"
        case .following?:
            copied
                + (progress.isCompared ? "; all rows compared" : "; compares all rows")
        case .swapped?, .reverted?, .leaving?, nil: copied
        }
    }
}
