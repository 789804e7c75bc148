import Basics
import Foundation
import Store
import TestSupport
import Testing

/// The chain of commits of one reference, each of which carries an event, as a ledger has it.
struct EventChain {
    let backend: any LedgerBackend
    var references = ["refs/heads/production"]

    static let author = Authorship(
        name: "Ada", email: "ada@example.com", time: Date(timeIntervalSince1970: 1_700_000_000))

    /// The same for the same event, in every process.
    private static func number(_ event: String) -> Int {
        event.utf8.reduce(0) { ($0 * 31 + Int($1)) % 0xffff_fffb }
    }

    /// Appends an event to all references in one write; returns its commit.
    ///
    /// - Parameter size: of a text that is kept with it, in bytes.
    @discardableResult
    func append(
        _ event: String, size: Int = 0, under leases: Lease...,
        before body: () throws -> Void = {}, after end: () throws -> Void = {}
    ) throws -> ObjectID {
        var written: ObjectID?
        try backend.write("appending \(event)", under: leases) {
            try body()
            let tips = try references.map { ($0, try backend.reference($0)) }
            var edits = TreeEdits()
            try edits.set("events/\(event)", blob(Self.number(event), size: size).bytes)
            try edits.set("last", Array(event.utf8))
            let commit = try ComposedCommit(
                edits, onto: tips[0].1, by: Self.author, message: event,
                reading: ObjectReader(backend))
            written = commit.id
            try end()
            return StoreWrite(
                objects: commit.objects,
                moves: tips.map { ReferenceMove($0.0, from: $0.1, to: commit.id) })
        }
        return try #require(written)
    }

    /// The events, oldest first; reads every object that they rest on.
    ///
    /// - Parameter limit: how many of the newest are read.
    func events(of reference: String? = nil, limit: Int = .max) throws -> [String] {
        let reader = ObjectReader(backend)
        var (found, read): ([String], Set<ObjectID>) = ([], [])
        var next = try backend.reference(reference ?? references[0])
        while let id = next, found.count < limit {
            let commit = try reader.commit(id)
            var entries = try reader.tree(commit.tree).entries
            while let entry = entries.popLast() {
                guard read.insert(entry.id).inserted else { continue }
                if entry.mode == .folder {
                    entries += try reader.tree(entry.id).entries
                } else {
                    _ = try reader.blob(entry.id)
                }
            }
            found.append(commit.message)
            next = commit.parents.first
        }
        return found.reversed()
    }
}

extension LedgerBackend {
    /// All ids, by pages.
    func listing(page: Int) throws -> [ObjectID] {
        var found: [ObjectID] = []
        while true {
            let ids = try objects(after: found.last, limit: page)
            #expect(ids.count <= page)
            found += ids
            if ids.count < page { return found }
        }
    }
}

/// A file to which processes add lines that outlive them.
struct Notes {
    let path: String

    func add(_ line: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let bytes = Array((line + "\n").utf8)
        _ = write(file, bytes, bytes.count)
        close(file)
    }

    var lines: [String] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
            .map(String.init)
    }
}
