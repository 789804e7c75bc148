import Foundation
import TestSupport
import Testing

/// The hooks that `.pre-commit-hooks.yaml` offers, run as pre-commit runs them.
@Suite struct PreCommitHookTests {
    private struct Hook {
        let id: String
        let entry: [String]
        let passesFiles: Bool
    }

    private static func hooks() throws -> [Hook] {
        let text = try String(
            contentsOfFile: Pipeline.root + "/.pre-commit-hooks.yaml", encoding: .utf8)
        return text.components(separatedBy: "\n- ").dropFirst().map { part in
            let pairs = part.split(separator: "\n").compactMap { line -> (String, String)? in
                let words = line.split(separator: ":", maxSplits: 1)
                guard words.count == 2 else { return nil }
                let trimmed = words.map { $0.trimmingCharacters(in: .whitespaces) }
                return (trimmed[0], trimmed[1])
            }
            let keys = Dictionary(pairs) { first, _ in first }
            #expect(keys["language"] == "system")
            return Hook(
                id: keys["id"] ?? "",
                entry: (keys["entry"] ?? "").split(separator: " ").map(String.init),
                passesFiles: keys["pass_filenames"] != "false")
        }
    }

    private static func run(_ hook: Hook, in folder: TemporaryFolder) throws -> Shell.Output {
        #expect(hook.entry.first == "plumb")
        let files = hook.passesFiles ? ["schema/app/orders.sql"] : []
        return try Shell.run(
            PlumbProgram.path, Array(hook.entry.dropFirst()) + files, folder: folder.path)
    }

    @Test func eachHookPassesWhatIsInOrderAndStopsWhatIsNot() throws {
        let hooks = try Self.hooks()
        #expect(hooks.map(\.id) == ["plumb-fmt", "plumb-validate", "plumb-lint"])
        let texts = [
            "plumb-fmt": "create table orders(id bigint primary key);\n",
            "plumb-validate": "CREATE TABLE orders (id bigint,);\n",
            "plumb-lint": "CREATE TABLE orders (\n  id BIGINT\n);\n",
        ]
        for hook in hooks {
            let folder = try TemporaryFolder()
            try folder.write(ServerlessFleet.yaml(), to: "plumb.yaml")
            let tidy = "CREATE TABLE orders (\n  id BIGINT UNSIGNED NOT NULL PRIMARY KEY\n);\n"
            let file = try folder.write(tidy, to: "schema/app/orders.sql")
            let good = try Self.run(hook, in: folder)
            #expect(good.status == 0, "\(hook.id): \(good.stdout)\(good.stderr)")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == tidy)
            let faulty = try #require(texts[hook.id])
            try folder.write(faulty, to: "schema/app/orders.sql")
            let bad = try Self.run(hook, in: folder)
            // pre-commit stops a commit, too, where a hook changes a file.
            let isChanged = try String(contentsOfFile: file, encoding: .utf8) != faulty
            #expect(bad.status != 0 || isChanged, "\(hook.id): \(bad.stdout)\(bad.stderr)")
        }
    }
}
