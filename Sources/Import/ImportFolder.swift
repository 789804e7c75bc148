import Desired
import Foundation

/// Writes files into a folder beside their place, and then moves them there all at once.
///
/// Existing files are never overwritten: the moves fail instead.
struct ImportFolder {
    private let path: String
    /// The folder of the files until they are published; removed with the last copy of this value.
    var staging: String { temporary.path }
    private let temporary: StagingFolder
    private var namespaces: [String] = []

    private static let schema = "schema"

    /// Creates `path` if it is missing; throws `unwritable` where files cannot be written to it.
    init(path: String) throws(ImportError) {
        self.path = path
        temporary = try StagingFolder(in: path)
    }

    mutating func restart() throws(ImportError) {
        try temporary.empty()
        namespaces = []
    }

    /// Writes a file of the result: `plumb.yaml` or `schema/<namespace>/…`.
    mutating func write(_ text: String, to file: String) throws(ImportError) {
        let parts = file.split(separator: "/").map(String.init)
        if parts.count > 2, namespaces.last != parts[1] { namespaces.append(parts[1]) }
        let full = staging + "/" + file
        do {
            try FileManager.default.createDirectory(
                atPath: (full as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: full), options: .withoutOverwriting)
        } catch {
            throw ImportError(
                .unwritable, "\(path)/\(file): cannot be written",
                remedy: "check rights and space", cause: error)
        }
    }

    /// Moves everything to its place, or nothing.
    func publish() throws(ImportError) {
        try refuseWhatIsThere()
        let schema = "\(path)/\(Self.schema)"
        let isNewSchema = mkdir(schema, 0o755) == 0
        var moved: [String] = []
        do throws(ImportError) {
            for namespace in namespaces {
                let target = "\(schema)/\(namespace)"
                // The rename fails where the target is a file or a folder that is not empty.
                guard rename("\(staging)/\(Self.schema)/\(namespace)", target) == 0 else {
                    throw Self.failure(target, errno)
                }
                moved.append(target)
            }
            let target = "\(path)/\(Fleet.fileName)"
            // Unlike `rename`, `link` never replaces an existing file.
            guard link("\(staging)/\(Fleet.fileName)", target) == 0 else {
                throw Self.failure(target, errno)
            }
        } catch {
            for folder in moved { try? FileManager.default.removeItem(atPath: folder) }
            if isNewSchema { rmdir(schema) }
            throw error
        }
        temporary.keepParents()
    }

    /// Throws with the name of a file or folder that exists already, before anything is moved.
    private func refuseWhatIsThere() throws(ImportError) {
        let fleet = "\(path)/\(Fleet.fileName)"
        var status = stat()
        if lstat(fleet, &status) == 0 { throw Self.failure(fleet, EEXIST) }
        let schema = "\(path)/\(Self.schema)"
        guard lstat(schema, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw Self.failure(schema, EEXIST) }
        for namespace in namespaces {
            let folder = "\(schema)/\(namespace)"
            guard lstat(folder, &status) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFDIR,
                let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
            else { throw Self.failure(folder, EEXIST) }
            if let name = names.min() { throw Self.failure("\(folder)/\(name)", EEXIST) }
        }
    }

    private static func failure(_ path: String, _ number: Int32) -> ImportError {
        switch number {
        case EEXIST, ENOTEMPTY, ENOTDIR, EISDIR:
            ImportError(
                .exists,
                "\(path) exists already, and nothing is written over: nothing was written",
                remedy: "import into another folder, or move it away")
        default:
            ImportError(
                .unwritable,
                "\(path): \(String(cString: strerror(number))): nothing was written",
                remedy: "check rights and space")
        }
    }
}

/// A hidden folder on the same file system as the target, so that nothing has to be copied.
// Sendable: used by one thread; `keepsParents` is written once.
private final class StagingFolder: @unchecked Sendable {
    let path: String
    /// Folders that were created, the innermost first; removed again unless they are kept.
    private let made: [String]
    private var keepsParents = false

    init(in folder: String) throws(ImportError) {
        var made: [String] = []
        do throws(ImportError) {
            try Self.make(folder, &made)
            let random = String(repeating: "X", count: 6)
            var template = Array("\(folder)/.plumb-import-\(random)".utf8CString)
            guard let path = mkdtemp(&template) else { throw Self.failure(folder, errno) }
            self.path = String(cString: path)
            self.made = made
        } catch {
            for folder in made { rmdir(folder) }
            throw error
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        if !keepsParents { for folder in made { rmdir(folder) } }
    }

    func keepParents() { keepsParents = true }

    func empty() throws(ImportError) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            }
        } catch {
            throw ImportError(.unwritable, "\(path): cannot be emptied: \(error)", cause: error)
        }
    }

    private static func make(_ folder: String, _ made: inout [String]) throws(ImportError) {
        if mkdir(folder, 0o755) == 0 {
            made.insert(folder, at: 0)
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            let parent = (folder as NSString).deletingLastPathComponent
            guard parent != folder, !parent.isEmpty else { throw failure(folder, ENOENT) }
            try make(parent, &made)
            guard mkdir(folder, 0o755) == 0 else { throw failure(folder, errno) }
            made.insert(folder, at: 0)
        default: throw failure(folder, errno)
        }
    }

    private static func failure(_ folder: String, _ number: Int32) -> ImportError {
        ImportError(
            .unwritable,
            "\(folder): \(String(cString: strerror(number)))",
            remedy: "name a folder that can be written")
    }
}
