import Basics
import Foundation
import Schema

/// The `.sql` files below a folder, and their canonical form.
enum FileFormatting {
    /// A file that is not in canonical form.
    struct Change: Hashable, Sendable {
        /// As given on the command line, or relative to the folder that was given.
        let path: String
        let old: String
        let new: String
    }

    /// Every `.sql` file among or below `paths`, sorted; symbolic links and hidden folders are left
    /// out.
    static func files(at paths: [String]) throws(FileFormattingError) -> [String] {
        var files: Set<String> = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw FileFormattingError(
                    "\(path): no such file or folder", remedy: "correct the path")
            }
            if isFolder.boolValue {
                try collect(path, depth: 1, into: &files)
            } else {
                files.insert(path)
            }
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func collect(
        _ folder: String, depth: Int, into files: inout Set<String>
    ) throws(FileFormattingError) {
        guard depth <= 32 else {
            throw FileFormattingError(
                "\(folder): nested deeper than 32 folders", remedy: "nest less")
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FileFormattingError("\(folder): cannot be read: \(error.localizedDescription)")
        }
        for name in names where !name.hasPrefix(".") {
            let path = folder == "." ? name : "\(folder)/\(name)"
            switch try kind(of: path) {
            case S_IFDIR: try collect(path, depth: depth + 1, into: &files)
            case S_IFREG: if name.lowercased().hasSuffix(".sql") { files.insert(path) }
            default: continue
            }
        }
    }

    /// What lies at `path`, as `S_IFREG`; a link is not followed.
    private static func kind(of path: String) throws(FileFormattingError) -> mode_t {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw FileFormattingError(
                "\(path): cannot be looked at: \(String(cString: strerror(errno)))",
                remedy: "check its name and its rights")
        }
        return status.st_mode & S_IFMT
    }

    /// The canonical form of a file; nil where it has it already.
    ///
    /// - Parameter quoting: the rules for strings and quoted names in the file.
    static func change(to path: String, quoting: Dialect.Quoting = .usual) throws -> Change? {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw FileFormattingError("\(path): cannot be read: \(error.localizedDescription)")
        }
        let new = try ScriptFormatter.formatted(bytes, file: path, quoting: quoting)
        guard new != bytes else { return nil }
        return Change(
            path: path, old: String(decoding: bytes, as: UTF8.self),
            new: String(decoding: new, as: UTF8.self))
    }

    /// Replaces the file in one step; it keeps its mode.
    ///
    /// A symbolic link stays, and the file that it points to is replaced.
    static func write(_ change: Change) throws(FileFormattingError) {
        let path = URL(fileURLWithPath: change.path).resolvingSymlinksInPath().path
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(change.path, "cannot be read") }
        let folder = (path as NSString).deletingLastPathComponent
        let marks = String(repeating: "X", count: 6)
        var template = Array("\(folder)/.plumb-fmt-\(marks)".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(change.path, "cannot be written") }
        let temporary = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        let isWritten =
            writeAll(Array(change.new.utf8), to: descriptor)
            && fchmod(descriptor, status.st_mode & 0o7777) == 0 && fsync(descriptor) == 0
        let fault = isWritten ? nil : failure(change.path, "cannot be written")
        close(descriptor)
        guard fault == nil, rename(temporary, path) == 0 else {
            let error = fault ?? failure(change.path, "cannot be replaced")
            unlink(temporary)
            throw error
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The file, what failed and the system's message.
    private static func failure(_ path: String, _ what: String) -> FileFormattingError {
        FileFormattingError("\(path): \(what): \(String(cString: strerror(errno)))")
    }
}

/// Why a file could not be found, read or written.
struct FileFormattingError: RemediedError {
    /// The file, what failed, and why.
    let fault: String
    let remedy: String?

    init(_ fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
