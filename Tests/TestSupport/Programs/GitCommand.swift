import Foundation

/// The `git` command line, independent of the user's configuration, and the same for each run.
package enum GitCommand {
    /// Somebody who commits.
    package struct Person: Sendable {
        let name: String
        let email: String

        package static let ada = Person(name: "Ada", email: "ada@example.com")
        package static let eve = Person(name: "Eve", email: "eve@example.com")
    }

    /// What the command printed, without the last line break; throws when it fails.
    ///
    /// - Parameter date: of commits, in a form that git takes; nil for the time of the clock.
    @discardableResult
    package static func run(
        _ arguments: [String], in folder: String, as person: Person = .ada,
        date: String? = "1700000000 +0000", input: String? = nil
    ) throws -> String {
        var environment = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
        for role in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(role)_NAME"] = person.name
            environment["GIT_\(role)_EMAIL"] = person.email
            if let date { environment["GIT_\(role)_DATE"] = date }
        }
        return try Shell.check(
            "git", ["-C", folder] + arguments, environment: environment, input: input
        ).trimmingCharacters(in: .newlines)
    }
}

extension GitCommand {
    /// Gives every object of a bare repository a file of its own, and removes its packs.
    package static func unpackObjects(of repository: String) throws {
        let folder = repository + "/objects/pack"
        let outside = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasSuffix(".pack") {
            // Git unpacks nothing that it finds in the repository itself.
            let pack = "\(outside.path)/\(name)"
            try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: pack)
            try FileManager.default.removeItem(atPath: "\(folder)/\(name.dropLast(5)).idx")
            try Shell.check(
                "sh", ["-c", "git -C \"$1\" unpack-objects -q <\"$2\"", "sh", repository, pack])
        }
    }
}
