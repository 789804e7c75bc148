import Desired
import Foundation

/// The place of a ledger on the command line, as in `ledger:` of `plumb.yaml`.
enum StorePlace {
    /// The folder that `file:path`, or a plain path, names.
    static func path(_ place: String) throws -> String {
        guard !place.hasPrefix("mysql:") else {
            throw UsageError(
                message: "\(place): this release keeps the ledger in a git repository",
                remedy: "use file: with the path of a folder")
        }
        let plain = place.hasPrefix("file:") ? String(place.dropFirst(5)) : place
        return LocalPath(plain).resolved(in: FileManager.default.currentDirectoryPath)
    }
}
