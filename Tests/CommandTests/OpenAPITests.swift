import Foundation
import Service
import Testing

@testable import plumb

/// `docs/openapi.json` is what the table of endpoints says.
@Suite("The description of the HTTP interface")
struct OpenAPITests {
    private let docs = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs").standardizedFileURL
    private let text = OpenAPI.document(version: Version.current)

    @Test("the shipped document is the table's; PLUMB_WRITE_DOCS=1 writes it anew")
    func shipped() throws {
        let file = docs.appending(path: "openapi.json")
        if ProcessInfo.processInfo.environment["PLUMB_WRITE_DOCS"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let shipped = try String(contentsOf: file, encoding: .utf8)
        let isSame = shipped == text
        #expect(isSame, "docs/openapi.json is not what the endpoints say")
    }

    @Test("each endpoint is in it, and each reference leads somewhere")
    func whole() throws {
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let root = try #require(json as? [String: Any])
        let paths = try #require(root["paths"] as? [String: [String: Any]])
        let ids = paths.values.flatMap(\.values).compactMap {
            ($0 as? [String: Any])?["operationId"] as? String
        }
        #expect(ids.sorted() == Endpoints.all.map(\.id).sorted())
        var references: Set<String> = []
        func walk(_ value: Any) {
            if let list = value as? [Any] { list.forEach(walk) }
            guard let members = value as? [String: Any] else { return }
            if let name = members["$ref"] as? String { references.insert(name) }
            members.values.forEach(walk)
        }
        walk(root)
        #expect(references.count > 10)
        for name in references {
            guard name.hasPrefix("#/") else {
                let file = docs.appending(path: name).path
                #expect(FileManager.default.fileExists(atPath: file), "\(name)")
                continue
            }
            var value: Any? = root
            for part in name.dropFirst(2).split(separator: "/") {
                value = (value as? [String: Any])?[String(part)]
            }
            #expect(value != nil, "\(name)")
        }
    }
}
