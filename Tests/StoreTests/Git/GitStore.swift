import Basics
import Foundation
import Git
import Store
import TestSupport
import Testing

/// A store in a bare repository, and what lies in its folder.
struct GitStore {
    let place: BackendPlace
    let chain: EventChain
    var path: String { place.path }
    var packs: String { path + "/objects/pack" }

    /// - Parameter events: how many stand in the chain, from 0 on.
    init(events: Int = 0) throws {
        place = try BackendKind.git.place()
        chain = EventChain(backend: try place.made())
        for number in 0..<events { try chain.append("\(number)") }
    }

    /// A handle of its own, with what only this back end has.
    func backend(waitSeconds: Double = 120) -> GitBackend {
        GitBackend(path: path, waitSeconds: waitSeconds)
    }

    /// Another handle's view of the chain.
    func reopened() -> EventChain { EventChain(backend: place.open()) }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: path)
    }

    /// The names in the folder of packs that end so, sorted.
    func files(_ suffix: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: packs)) ?? [])
            .filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// All files below the store that are half-written or were to go.
    func remains() throws -> [String] {
        try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
            .filter { path in
                let name = (path as NSString).lastPathComponent
                return name.hasPrefix("tmp_") || name.hasPrefix("pack_git2_")
                    || name.hasSuffix("-tmp") || name.hasSuffix(".lock") && name != "plumb.lock"
                    || name == "plumb.moves"
            }
    }

    /// Puts a file with other bytes in the place of one; nobody who has it open sees them.
    func overwrite(_ file: String, _ bytes: [UInt8]) throws {
        unlink(file)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// Makes files look as if nobody were at work on them.
    func age(_ files: [String]) throws {
        for file in files {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)],
                ofItemAtPath: "\(packs)/\(file)")
        }
    }

    func isWhole() throws -> Bool { try BackendKind.git.isWhole(path) }
}
