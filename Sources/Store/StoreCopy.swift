import Basics

/// Makes one store hold what another one holds: the same objects, ids and references.
package struct StoreCopy {
    private let source: any LedgerBackend
    private let target: any LedgerBackend

    /// What a copy found and did.
    package struct Report: Sendable, Hashable {
        /// The objects of the source.
        package internal(set) var objects = 0
        /// Those of them that the target did not have.
        package internal(set) var copied = 0
        package internal(set) var references = 0
    }

    package init(from source: any LedgerBackend, to target: any LedgerBackend) {
        self.source = source
        self.target = target
    }

    /// How many ids are listed and compared at once, and how many bytes are written at once.
    private static let (page, bytes) = (1000, 4 << 20)
    /// How often the references are read again where somebody writes to the source meanwhile.
    private static let attempts = 5

    /// Copies what the target lacks, moves its references, and compares both at the end.
    ///
    /// Throws `missing` or `corrupt` with the object where the source is not whole, and `modified`
    /// where a reference of the target is not what the source once had: it is another ledger, or
    /// somebody writes to it. What was copied until then stays; no reference is moved.
    package func run() throws -> Report {
        guard let version = try source.isMade() ? source.version() ?? 1 : nil else {
            throw StoreError(.noStore, "there is no ledger at \(source.place)")
        }
        try target.make(version: version)
        if try target.version() != version { try target.setVersion(version) }
        for attempt in 1...Self.attempts {
            let tips = try references(of: source)
            let moves = try moves(to: tips)
            var report = try copyObjects()
            report.references = tips.count
            if !moves.isEmpty {
                try target.write("copying", under: []) { StoreWrite(objects: [], moves: moves) }
            }
            if try references(of: source) == tips || attempt == Self.attempts {
                if let branch = tips.keys.sorted().first(where: { $0.hasPrefix(Self.branches) }) {
                    target.pointHead(at: String(branch.dropFirst(Self.branches.count)))
                }
                try compare(tips)
                return report
            }
        }
        return Report()
    }

    private static let branches = "refs/heads/"

    private func references(of store: any LedgerBackend) throws -> [String: ObjectID] {
        var result: [String: ObjectID] = [:]
        for name in try store.references(below: "refs/") {
            guard let id = try store.reference(name) else {
                throw StoreError(.corrupt, "\(name) of \(store.place) names no object")
            }
            result[name] = id
        }
        return result
    }

    /// What has to be moved in the target.
    private func moves(to tips: [String: ObjectID]) throws -> [ReferenceMove] {
        let found = try references(of: target)
        for name in found.keys.sorted() where tips[name] == nil {
            throw StoreError(
                .modified, "\(target.place) has \(name), and \(source.place) has not",
                remedy: "copy into an empty place, or the other way round")
        }
        return try tips.sorted { $0.key < $1.key }.compactMap { name, tip in
            let old = found[name]
            guard old != tip else { return nil }
            if let old, try !isAncestor(old, of: tip) {
                throw StoreError(
                    .modified,
                    "\(name) of \(target.place) is at \(old.short), which \(source.place) never "
                        + "had", remedy: "copy into an empty place, or the other way round")
            }
            return ReferenceMove(name, from: old, to: tip)
        }
    }

    private func isAncestor(_ old: ObjectID, of tip: ObjectID) throws -> Bool {
        let reader = ObjectReader(source)
        var (pending, seen): ([ObjectID], Set<ObjectID>) = ([tip], [])
        while let id = pending.popLast() {
            if id == old { return true }
            guard seen.insert(id).inserted else { continue }
            pending += try reader.commit(id).parents
        }
        return false
    }

    private func copyObjects() throws -> Report {
        var report = Report()
        var batch: [GitObject] = []
        var size = 0
        try source.eachPage(of: Self.page) { (ids) throws(StoreError) in
            report.objects += ids.count
            let absent = try target.absent(of: ids)
            for id in ids where absent.contains(id) {
                guard let object = try source.get(id) else {
                    throw StoreError(.missing, "object \(id) is not in \(source.place)")
                }
                batch.append(object)
                size += object.bytes.count
                report.copied += 1
                if size > Self.bytes {
                    try target.put(batch)
                    (batch, size) = ([], 0)
                }
            }
        }
        try target.put(batch)
        return report
    }

    /// Makes sure that the target holds all objects of the source and can read them, and names the
    /// same with its references.
    private func compare(_ tips: [String: ObjectID]) throws {
        try source.eachPage(of: Self.page) { (ids) throws(StoreError) in
            if let id = try target.absent(of: ids).min() {
                throw StoreError(
                    .missing, "object \(id) of \(source.place) did not arrive in \(target.place)",
                    remedy: "copy again")
            }
            for id in ids { try read(id) }
        }
        let found = try references(of: target)
        guard found == tips else {
            throw StoreError(
                .modified, "the references of \(target.place) are not those of \(source.place)",
                remedy: "somebody writes to one of them: copy again")
        }
    }

    /// Throws where the target has an object and cannot read it.
    private func read(_ id: ObjectID) throws(StoreError) {
        do throws(StoreError) {
            guard try target.get(id) == nil else { return }
        } catch  where error.code == .corrupt {
            throw StoreError(
                .corrupt, "\(target.place) has object \(id) and cannot read it: \(error.fault)",
                remedy: "`plumb store verify --repair --from \(source.place)` there")
        }
        throw StoreError(
            .missing, "object \(id) of \(source.place) is not in \(target.place)",
            remedy: "copy again")
    }
}
