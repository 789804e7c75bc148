import Foundation
import Testing

/// docs/architecture.md leads into the sources: what it names must be there.
@Suite("The map of docs/architecture.md")
struct ArchitectureDocumentTests {
    private func rows(below heading: String) throws -> [[String]] {
        try section(heading).split(separator: "\n")
            .filter { $0.hasPrefix("|") && !$0.hasPrefix("|---") }.dropFirst()
            .map { row in
                row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
    }

    private func section(_ heading: String) throws -> String {
        let text = try Repository.text("docs/architecture.md")
        let section = try #require(text.components(separatedBy: "\n## \(heading)\n").last)
        return section.components(separatedBy: "\n## ")[0]
    }

    /// The files that a text names, from the root of the repository.
    private func paths(in text: String) -> [String] {
        text.matches(of: /`([\w+-]+\/[^`]*\.\w+)`/).map { String($0.output.1) }.map { path in
            ["Sources/", "Tests/", "docs/"].contains(where: path.hasPrefix)
                ? path : "Sources/" + path
        }
    }

    @Test("each file that it names exists")
    func files() throws {
        let all = paths(in: try Repository.text("docs/architecture.md"))
        #expect(all.count > 50)
        for path in all {
            let url = Repository.root.appendingPathComponent(path)
            #expect(FileManager.default.fileExists(atPath: url.path), "\(path)")
        }
    }

    @Test("the way of one ALTER names a function of each file, from the command to the report")
    func way() throws {
        let rows = try rows(below: "The way of one `ALTER`")
        #expect(rows.count > 20)
        for row in rows {
            let path = try #require(paths(in: row[1]).first, "\(row)")
            let name = row[2].filter { $0 != "`" }
            let text = try Repository.text(path)
            #expect(text.contains(" func \(name)("), "\(path) has no function \(name)")
        }
    }

    @Test("ten kinds of change and more have a place to begin")
    func changes() throws {
        let changes = try section("Where do I change …").components(separatedBy: "\n- **")
            .dropFirst()
        #expect(changes.count >= 10)
        for change in changes { #expect(!paths(in: change).isEmpty, "\(change)") }
    }

    @Test("each module, and each folder of the larger ones, is named")
    func rooms() throws {
        let text = try Repository.text("docs/architecture.md")
        for module in Product.modules where module.name != "plumb-bench" {
            #expect(text.contains("\n| `\(module.name)` |"), "\(module.name)")
        }
        let files = try Repository.files(below: "Sources", endings: [".swift"])
        for module in ["Schema", "Diff", "Reconciler", "Views"] {
            let folders = Set(
                files.map { $0.path.split(separator: "/").dropLast().joined(separator: "/") }
                    .filter { $0.hasPrefix("Sources/\(module)/") })
            #expect(folders.count > 7)
            for folder in folders {
                let name = folder.dropFirst("Sources/\(module)/".count)
                #expect(text.contains("`\(name)`"), "\(folder)")
            }
        }
    }
}
