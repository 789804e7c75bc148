import Basics
import Foundation
import Git
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("attack: since when history counts is what was recorded, and what is not there is not known")
struct AuthorRangesTests {
    /// A repository with three commits in a row and one beside them.
    private struct Line {
        let folder = try? TemporaryFolder()
        let repository: Repository
        let ids: [String]
        let beside: String

        init() throws {
            let path = try #require(folder).path
            func git(_ words: String...) throws -> String {
                try GitCommand.run(words, in: path)
            }
            _ = try git("init", "-q", "-b", "main")
            ids = try (0..<3).map { number in
                _ = try git("commit", "-q", "--allow-empty", "-m", "\(number)")
                return try git("rev-parse", "HEAD")
            }
            _ = try git("checkout", "-q", "-b", "side", ids[0])
            _ = try git("commit", "-q", "--allow-empty", "-m", "beside")
            beside = try git("rev-parse", "HEAD")
            repository = try Repository(opening: path)
        }

        func bases(_ record: ShardRecord?, converged: String? = nil) throws -> [String?] {
            let tip = try #require(ObjectID(hex: ids[2]))
            return try AuthorRanges(repository: repository, tip: tip, converged: converged)
                .ranges(since: record).map { $0.base?.hex }
        }

        func unknown(_ record: ShardRecord?, converged: String? = nil) -> String {
            do {
                return "known: \(try bases(record, converged: converged))"
            } catch {
                return (error as? AuthorRanges.Unknown)?.reason ?? "\(error)"
            }
        }
    }

    private func record(_ revision: String?, last: String? = nil) -> ShardRecord {
        var record = ShardRecord(revision: revision, since: "2026-11-21T12:00:00Z")
        record.lastRevision = last
        return record
    }

    @Test("the later of what the shard and the environment reached; all where nothing is recorded")
    func begins() throws {
        let line = try Line()
        #expect(try line.bases(nil, converged: line.ids[1]) == [nil])
        #expect(try line.bases(record(nil)) == [nil])
        #expect(try line.bases(record(line.ids[0])) == [line.ids[0]])
        #expect(try line.bases(record(line.ids[0]), converged: line.ids[1]) == [line.ids[1]])
        #expect(try line.bases(record(line.ids[1]), converged: line.ids[0]) == [line.ids[1]])
        #expect(
            try line.bases(record(line.ids[0], last: line.ids[1])) == [line.ids[0]])
    }

    @Test("a revision that is not there, or not in the history, leaves nobody known")
    func unknown() throws {
        let line = try Line()
        let missing = String(repeating: "ab", count: 20)
        #expect(line.unknown(record(missing)).contains("not in the repository"))
        #expect(line.unknown(record("nonsense")).contains("not in the repository"))
        #expect(line.unknown(record(nil), converged: line.beside).contains("was rewritten"))
        // What an operation changed last must lie in the history, too: a branch that was set back
        // to an earlier commit shows nobody who undid it.
        #expect(
            line.unknown(record(line.ids[0], last: line.beside)).contains("was rewritten"))
    }
}
