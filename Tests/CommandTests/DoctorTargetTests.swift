import Foundation
import TestSupport
import Testing

@Suite("plumb doctor looks at those whom a daemon tells") struct DoctorTargetTests {
    private func doctor(_ targets: String) throws -> String {
        let fleet = try FleetFixture(shards: 1)
        let path = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.file.shards[0].host)"]
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: declared}
            notifications:
            \(targets)
            """, to: "operator.yaml")
        chmod(path, 0o600)
        let secret = try fleet.folder.write("0123456789abcdef0123", to: "secret")
        chmod(secret, 0o600)
        fleet.setEnvironment("SECRETS", fleet.folder.path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try fleet.folder.write(
            text.replacingOccurrences(of: "FOLDER", with: fleet.folder.path), to: "operator.yaml")
        let run = try fleet.run("doctor", "--operator", path)
        return run.stdout
    }

    @Test func whoCannotBeToldIsNamed() throws {
        let said = try doctor(
            """
              - {name: chat, url: "https://hooks.example.com/x", secret_file: FOLDER/none}
              - {name: pager, url_env: NOWHERE_TO_BE_FOUND, secret_file: FOLDER/secret}
            """)
        #expect(said.contains("notifications: chat") && said.contains("/none cannot be read"))
        #expect(said.contains("the environment variable NOWHERE_TO_BE_FOUND is not set"))
        #expect(said.contains("failed"), "\(said)")
    }

    @Test func whoCanBeToldIsGoodUnlessUnsignedOrMistaken() throws {
        let said = try doctor(
            """
              - {name: chat, url: "https://hooks.example.com/x", secret_file: FOLDER/secret}
              - {name: page, url: "https://hooks.example.com/y", environments: [prodution]}
            """)
        let lines = said.split(separator: "\n").filter { $0.contains("notifications: ") }
        #expect(lines.count == 3, "\(said)")
        #expect(lines[0].hasPrefix("ok") && lines[0].contains("8 kinds of event"), "\(lines)")
        #expect(lines[1].contains("`prodution`, which is no environment"), "\(lines)")
        #expect(lines[2].hasPrefix("warning") && lines[2].contains("unsigned"), "\(lines)")
        #expect(!said.contains("hooks.example.com"))
    }
}
