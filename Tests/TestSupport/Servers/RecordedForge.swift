import Foundation

/// A forge on the loopback interface with one repository, `o/r`, and one request, number 7: it
/// answers what a pipeline asks of GitHub's and GitLab's interfaces, and keeps all of it.
package final class RecordedForge {
    private let folder: TemporaryFolder
    private let server: BackgroundProgram
    package let port: UInt16

    /// A token of `github-actions[bot]`.
    package static let token = "good-token"
    /// A token of `octocat`.
    package static let otherToken = "other-token"

    /// A comment on the request.
    package struct Comment: Codable, Equatable {
        package var id: Int
        package var author: String
        package var body: String

        package init(_ id: Int, by author: String, _ body: String) {
            self.id = id
            self.author = author
            self.body = body
        }
    }

    /// What it was asked, and the status of its answer.
    package struct Question: Decodable {
        package let method: String
        /// With the query.
        package let path: String
        package let status: Int
        /// By their names in small letters.
        package let headers: [String: String]
        package let body: String
    }

    /// An answer other than the right one, once.
    package struct Fault: Encodable {
        package var method: String
        /// A part of the path.
        package var path: String
        package var status: Int
        package var message = "no"
        package var headers: [String: String] = [:]
        /// Whether what was asked is done nevertheless.
        package var late = false
        /// Whether it is not for once.
        package var always = false
        /// Whether another run's comment is written right before, and the answer is the right one.
        package var races = false

        package init(
            _ method: String, _ path: String, _ status: Int, message: String = "no",
            headers: [String: String] = [:], late: Bool = false, always: Bool = false
        ) {
            self.method = method
            self.path = path
            self.status = status
            self.message = message
            self.headers = headers
            self.late = late
            self.always = always
        }
    }

    /// Findings as code scanning got them.
    package struct Findings: Decodable {
        package let ref: String
        package let commit: String
        /// The SARIF document.
        package let text: String
    }

    package init() throws {
        folder = try TemporaryFolder()
        port = try LoopbackPort.free()
        try folder.write(Self.program, to: "forge.py")
        server = try BackgroundProgram(
            "python3", [folder.path + "/forge.py", "\(port)", folder.path])
        try server.waits(for: folder.path + "/serving")
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// From now on these comments are there, and no others.
    package func set(_ comments: [Comment]) throws { try store(comments, "comments.json") }

    /// From now on these faults happen, and no others.
    package func fail(_ faults: Fault...) throws { try store(faults, "faults.json") }

    package var comments: [Comment] {
        get throws { try load("comments.json", otherwise: []) }
    }

    /// What code scanning got last; nil for nothing.
    package var findings: Findings? {
        get throws { try load("sarif.json", otherwise: nil) }
    }

    /// What it was asked so far, in order.
    package var questions: [Question] {
        get throws {
            let lines = try? String(contentsOfFile: folder.path + "/requests", encoding: .utf8)
            return try (lines ?? "").split(separator: "\n").map {
                try JSONDecoder().decode(Question.self, from: Data($0.utf8))
            }
        }
    }

    private func store(_ value: some Encodable, _ name: String) throws {
        try folder.write(
            String(decoding: try JSONEncoder().encode(value), as: UTF8.self), to: name)
    }

    private func load<Value: Decodable>(_ name: String, otherwise: Value) throws -> Value {
        guard let data = FileManager.default.contents(atPath: "\(folder.path)/\(name)") else {
            return otherwise
        }
        return try JSONDecoder().decode(Value.self, from: data)
    }
}
