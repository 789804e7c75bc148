import Foundation
import Store

/// The exclusive right to remove packs of one repository.
final class CompactionTurn {
    private let file: FileLock

    /// What the paths begin with of files that a compaction is writing, relative to the repository.
    static let remains = "objects/pack/" + PackFolder.compactionPrefix

    /// Removes what a compaction left that died. Throws `locked` at once, with the holder, while
    /// another one has the turn.
    init(_ place: String) throws(StoreError) {
        let path = "\(place)/plumb.compaction"
        do throws(FileLock.Failure) {
            file = try FileLock(path: path, waitSeconds: 0, purpose: "compacting")
        } catch {
            switch error {
            case .held(let holder):
                throw StoreError(
                    .locked, "the ledger \(place) is being compacted by \(holder)",
                    remedy: "wait for it")
            case .system(let number):
                throw StoreError(DurableFile.failure(number, path), about: "compacting \(place)")
            }
        }
        guard file.abandonedBy != nil else { return }
        StaleFiles.remove(in: place, minimumAgeSeconds: 0) { !$0.hasPrefix(Self.remains) }
    }
}
