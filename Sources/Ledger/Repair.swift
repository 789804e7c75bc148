import Basics
import Foundation
import Store

/// What a repair did, and what is left.
package struct RepairReport: Sendable {
    /// The objects that were fetched from the other copy.
    package internal(set) var fetched = 0
    /// The documents that left the tree because they are made again when they are missing:
    /// `environment:path`.
    package internal(set) var forgotten: [String] = []
    /// The state after the repair.
    package internal(set) var left: VerifyReport
}

extension Ledger {
    /// Replaces damaged and missing objects by those of another copy, and takes what cannot be
    /// fetched out of the present tree where it is made again.
    ///
    /// - Parameters:
    ///   - other: a copy of this ledger; nil where there is none.
    ///   - isMadeAgain: whether a document at a path is made again when it is missing.
    package func repair(
        from other: Ledger?, actor: LedgerActor, time: Date,
        isMadeAgain: @escaping @Sendable (LedgerPath) -> Bool
    ) throws -> RepairReport {
        var report = RepairReport(left: try verify())
        if report.left.problems.contains(where: { $0.kind == .damagedFile }) {
            try translating("repairing the ledger \(path)") { () throws(StoreError) in
                try backend.replace([])
            }
            report.left = try verify()
        }
        // A folder that was fetched may name further objects that are missing.
        while let other, try fetch(from: other, &report) > 0 { report.left = try verify() }
        if try forget(isMadeAgain, by: actor, at: time, &report) { report.left = try verify() }
        return report
    }

    /// Fetches what the other copy has of the lost objects; returns how many it was.
    private func fetch(from other: Ledger, _ report: inout RepairReport) throws(LedgerError) -> Int
    {
        var found: [GitObject] = []
        for id in report.left.problems.filter(\.isLostObject).compactMap({
            ObjectID(hex: $0.object)
        }) {
            // What the other copy has lost as well stays lost.
            guard let object = try? other.backend.get(id) else { continue }
            found.append(object)
        }
        let objects = found
        try translating("repairing the ledger \(path)") { () throws(StoreError) in
            try backend.replace(objects)
        }
        report.fetched += found.count
        return found.count
    }

    /// Removes documents that are made again from the present trees; returns whether there were
    /// any.
    private func forget(
        _ isMadeAgain: (LedgerPath) -> Bool, by actor: LedgerActor, at time: Date,
        _ report: inout RepairReport
    ) throws -> Bool {
        let lost = Set(
            report.left.problems.filter { $0.isLostObject && $0.isCurrent }
                .compactMap { ObjectID(hex: $0.object) })
        guard !lost.isEmpty else { return false }
        var gone: [String: [LedgerPath]] = [:]
        var forgotten: Set<ObjectID> = []
        for environment in try environments() {
            // The same bytes may lie in several places, and are one problem.
            for (path, id) in try documents(of: environment)
            where lost.contains(id) && isMadeAgain(path) {
                gone[environment, default: []].append(path)
                forgotten.insert(id)
                report.forgotten.append("\(environment):\(path)")
            }
        }
        let ids = forgotten.sorted()
        // Else the same text, made again, would be taken for one that is there already.
        try translating("repairing the ledger \(self.path)") { () throws(StoreError) in
            try backend.replace([], discarding: ids)
        }
        for (environment, paths) in gone.sorted(by: { $0.key < $1.key }) {
            let count = paths.count
            let event = LedgerEvent(
                "repaired",
                subject: "Forget \(count) lost document\(count == 1 ? "" : "s"), made again when "
                    + "needed")
            try transact(environment, actor: actor, event: event, time: time) { draft in
                for path in paths { try draft.remove(path) }
                return .commit
            }
        }
        return !gone.isEmpty
    }

    /// The documents of an environment that can be listed, with their objects; none where its
    /// newest transition cannot be read.
    private func documents(
        of environment: String
    ) throws(LedgerError) -> [(path: LedgerPath, id: ObjectID)] {
        guard let tip = try? backend.reference(Self.reference(environment)),
            let root = try? reader.commit(tip).tree
        else { return [] }
        var result: [(LedgerPath, ObjectID)] = []
        var folders = [(LedgerPath.root, root)]
        while let (path, id) = folders.popLast() {
            // What lies in a lost folder is lost with it.
            guard let entries = try? reader.tree(id).entries else { continue }
            for entry in entries {
                guard let name = LedgerPath.decode(entry.name) else { continue }
                let inner = path.appending(name)
                if entry.mode == .folder {
                    folders.append((inner, entry.id))
                } else {
                    result.append((inner, entry.id))
                }
            }
        }
        return result
    }
}

extension VerifyReport.Problem {
    /// Whether an object is damaged or not there.
    var isLostObject: Bool { kind == .damagedObject || kind == .missingObject }

    /// The environment and the path of the document; nil where the place is none.
    package var document: (environment: String, path: LedgerPath)? {
        guard let colon = place.firstIndex(of: ":") else { return nil }
        let names = place[place.index(after: colon)...].split(separator: "/")
            .map { LedgerPath.decode(String($0)) }
        guard !names.isEmpty, !names.contains(nil) else { return nil }
        return (String(place[..<colon]), LedgerPath(names.compactMap { $0 }))
    }
}
