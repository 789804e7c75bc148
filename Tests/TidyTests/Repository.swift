import Foundation
import TestSupport

/// The repository as these tests read it.
struct Repository {
    /// The folder that holds `Package.swift`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file that git tracks, or would track.
    struct File: Sendable {
        let path: String
        let text: String

        var lines: [Substring] {
            text.split(separator: "\n", omittingEmptySubsequences: false)
        }
    }

    /// Every tracked or new file below `folder` whose name ends in one of `endings`.
    static func files(below folder: String, endings: [String]) throws -> [File] {
        let listing = try Shell.check(
            "git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z", folder],
            folder: root.path)
        let paths = Set(listing.split(separator: "\0").map(String.init)).sorted()
        return try paths.filter { path in endings.contains { path.hasSuffix($0) } }
            .filter { FileManager.default.fileExists(atPath: root.path + "/" + $0) }
            .map { path in
                let url = root.appendingPathComponent(path)
                return File(path: path, text: try String(contentsOf: url, encoding: .utf8))
            }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}
