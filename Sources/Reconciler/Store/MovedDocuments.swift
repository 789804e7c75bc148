import Execution
import Ledger

/// The documents of a ledger in layout 1 as the present layout has them; made when first asked for.
final class MovedDocuments: Sendable {
    private let documents: LedgerSnapshot
    private let made = Lock<Folder?>(nil)

    /// A folder in memory.
    private final class Folder: @unchecked Sendable {
        // Sendable because nothing changes it once it is in `made`.
        var files: [String: [UInt8]] = [:]
        var folders: [String: Folder] = [:]

        func set(_ path: ArraySlice<String>, _ bytes: [UInt8]) {
            guard let name = path.first else { return }
            guard path.count > 1 else {
                files[name] = bytes
                return
            }
            let inner = folders[name] ?? Folder()
            folders[name] = inner
            inner.set(path.dropFirst(), bytes)
        }

        func folder(at path: ArraySlice<String>) -> Folder? {
            guard let name = path.first else { return self }
            return folders[name]?.folder(at: path.dropFirst())
        }

        func paths(below path: LedgerPath) -> [LedgerPath] {
            let names = (Array(files.keys) + folders.keys).sorted()
            return names.flatMap { name in
                let inner = path.appending(name)
                return (files[name] == nil ? [] : [inner])
                    + (folders[name]?.paths(below: inner) ?? [])
            }
        }
    }

    init(of documents: LedgerSnapshot) {
        self.documents = documents
    }

    private func root() throws(LedgerError) -> Folder {
        if let known = made.withLock({ $0 }) { return known }
        let root = Folder()
        for (path, bytes) in try Layout1.edits(documents) {
            if let bytes { root.set(path.components[...], bytes) }
        }
        made.withLock { $0 = root }
        return root
    }

    func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]? {
        guard let name = path.components.last else { return nil }
        return try root().folder(at: path.components.dropLast())?.files[name]
    }

    func list(_ folder: LedgerPath) throws(LedgerError) -> [String] {
        guard let found = try root().folder(at: folder.components[...]) else { return [] }
        return (Array(found.files.keys) + found.folders.keys).sorted()
    }

    func paths(below folder: LedgerPath) throws(LedgerError) -> [LedgerPath] {
        try root().folder(at: folder.components[...])?.paths(below: folder) ?? []
    }
}
