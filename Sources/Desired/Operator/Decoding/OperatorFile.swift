import Basics
import Execution
import Foundation

/// Finds and reads the operator's file.
package enum OperatorFile {
    /// Where the file is looked for by default.
    package static let standardPath = "/etc/plumb/operator.yaml"

    /// Why the file is not accepted.
    package struct Refusal: RemediedError {
        package let fault: String
        package let remedy: String?
    }

    /// The operator's file: `named`, or else the environment variable's, or else the one at
    /// `standard`; nil where there is none.
    ///
    /// Throws where a named file is missing, since its rules are expected to hold. An empty
    /// variable names no file.
    package static func load(
        named: String?, variable: String?, standard: String = standardPath
    ) throws -> Operator? {
        if let named { return try read(named, "--operator") }
        if let variable, !variable.isEmpty { return try read(variable, "PLUMB_OPERATOR") }
        var status = stat()
        guard lstat(standard, &status) == 0 else {
            let number = errno
            guard number == ENOENT || number == ENOTDIR else {
                throw Refusal(
                    fault: "\(standard): \(String(cString: strerror(number)))",
                    remedy: "let the user who runs plumb read it, or remove it")
            }
            return nil
        }
        return try read(standard, nil)
    }

    private static func read(_ path: String, _ source: String?) throws -> Operator {
        let by = source.map { "\($0): " } ?? ""
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw Refusal(
                fault: "\(by)the operator's file \(path) cannot be read: "
                    + String(cString: strerror(errno)),
                remedy: "correct the path, or let the user who runs plumb read it")
        }
        defer { close(descriptor) }
        try check(descriptor, path, by)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        let bytes = try handle.read(upToCount: (1 << 20) + 1) ?? Data()
        return try Operator(Array(bytes), file: real(path))
    }

    /// Who can write or replace the file could decide in the operator's name.
    private static func check(_ descriptor: Int32, _ path: String, _ by: String) throws(Refusal) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(
                fault: "\(by)the operator's file \(path) is not a regular file",
                remedy: "name a file")
        }
        try checkOwner(status, path, by)
        for step in PathWalk.steps(to: path) {
            var above = stat()
            guard lstat(step.path, &above) == 0 else {
                throw Refusal(
                    fault: "\(by)the folder \(step.path) cannot be looked at", remedy: nil)
            }
            // In a folder with the sticky bit, such as /tmp, users can move only files of their
            // own; the mode of a link has no meaning.
            if step.isLink || above.st_mode & S_ISVTX != 0 { above.st_mode &= ~0o022 }
            try checkOwner(above, step.path, by)
        }
    }

    private static func checkOwner(
        _ status: stat, _ path: String, _ by: String
    ) throws(Refusal) {
        guard status.st_mode & 0o022 == 0 else {
            throw Refusal(
                fault: "\(by)others than its owner can write \(path), and so decide in the "
                    + "operator's name", remedy: "chmod go-w \(path)")
        }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw Refusal(
                fault: "\(by)\(path) belongs to another user, who can decide in the operator's "
                    + "name", remedy: "give it to root, or to the user who runs plumb")
        }
    }

    /// Throws where the file is inside of `folder`, to which others write.
    package static func check(_ file: String, liesOutside folder: String) throws(Refusal) {
        guard lies(real(file), inside: real(folder)) || lies(file, inside: folder) else { return }
        throw Refusal(
            fault: "the operator's file \(file) lies inside the schema repository \(folder): "
                + "whoever writes a pull request would write it",
            remedy: "keep it elsewhere, as \(standardPath)")
    }

    /// Whether the path is `folder` or below it.
    package static func lies(_ path: String, inside folder: String) -> Bool {
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        return path == base || path.hasPrefix(base + "/")
    }

    /// The absolute path without links, as far as it exists.
    package static func real(_ path: String) -> String {
        var missing: [String] = []
        var present =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while true {
            if let found = realpath(present, nil) {
                defer { free(found) }
                return ([String(cString: found)] + missing).joined(separator: "/")
            }
            guard present != "/", !present.isEmpty else { return path }
            missing.insert((present as NSString).lastPathComponent, at: 0)
            present = (present as NSString).deletingLastPathComponent
        }
    }
}
