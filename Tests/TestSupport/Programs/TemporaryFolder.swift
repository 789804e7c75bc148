import Foundation

/// A folder of its own that is removed with the last reference to it.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init(in parent: String = base) throws {
        var template = Array((parent + "/plumb-test-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw TestSupportError("cannot make a folder in \(parent)")
        }
        path = String(cString: made)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file below the folder, with its parent folders, and returns its full path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// The folder for temporary files; `/tmp` where a socket's path would get too long.
    package static let base: String = {
        let given = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        return given.isEmpty || given.utf8.count > 60 ? "/tmp" : given
    }()
}

/// Why a test could not be set up.
package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
