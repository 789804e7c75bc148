import Foundation
import Testing

/// The built `plumb` program, which lies beside this test bundle.
package enum PlumbProgram {
    package static let path: String = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("plumb").path
    }()
}

/// What a finished `plumb` left.
package struct Run: CustomStringConvertible {
    package let words: [String]
    package let status: Int32
    package let stdout: String
    package let stderr: String

    package init(_ words: [String], _ output: Shell.Output) {
        self.words = words
        status = output.status
        stdout = output.stdout
        stderr = output.stderr
    }

    /// Everything that was said, with line breaks and runs of spaces as one space.
    package var all: String {
        (stdout + " " + stderr).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether all of `words` were said.
    package func says(_ words: String...) -> Bool { words.allSatisfy(all.contains) }

    /// The JSON document on standard output.
    package var json: [String: Any] {
        get throws {
            let value = try JSONSerialization.jsonObject(with: Data(stdout.utf8))
            return try #require(value as? [String: Any], "\(self)")
        }
    }

    /// A list of objects in the JSON document, by the path of its names.
    package func list(_ path: String...) throws -> [[String: Any]] {
        var value: Any? = try json
        for name in path { value = (value as? [String: Any])?[name] }
        return try #require(value as? [[String: Any]], "\(path) in \(self)")
    }

    package var description: String {
        "plumb \(words.joined(separator: " ")): exit \(status)\n--- stdout\n\(stdout)--- stderr\n\(stderr)"
    }
}
