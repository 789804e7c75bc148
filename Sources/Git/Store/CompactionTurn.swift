import Foundation
import Store

/// The exclusive right to remove packs of one repository.
final class CompactionTurn {
    private let file: FileLock

    /// Throws `locked` at once, with the holder, while another one has it.
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
    }
}
