import Foundation
import TestSupport
import Testing

/// Files outside that a proposal points at, and files inside that it puts in the place of ours.
@Suite("attack: a proposal that swaps or reads files of this machine")
struct SecretPlaceTests {
    private static let secret = "hunter2-of-this-machine"

    /// A fleet whose followed file names a password by a path, and a proposal on a branch.
    private func fleet(_ connection: String) throws -> FleetFixture {
        let fleet = try FleetFixture()
        try fleet.folder.write(Self.secret + "\n", to: "outside")
        fleet.file.connection = connection.replacingOccurrences(
            of: "REPO", with: fleet.repository)
        try fleet.commit()
        try fleet.git("checkout", "-q", "-b", "feature")
        return fleet
    }

    @Test(arguments: [
        ("{user: root, password_file: secrets/pw, tls: {mode: disabled}}", "password_file"),
        ("{user: root, password_file: REPO/secrets/pw, tls: {mode: disabled}}", "password_file"),
        ("{option_file: secrets/pw}", "option_file"),
        ("{option_file: REPO/secrets/../secrets/pw}", "option_file"),
        ("{user: root, tls: {mode: required, ca: secrets/pw}}", "tls.ca"),
        (
            "{read: {user: root, password_file: secrets/pw}, change: {user: root}, "
                + "tls: {mode: disabled}}", "password_file"
        ),
    ])
    func noSecretIsReadAmongItsFiles(connection: String, key: String) throws {
        let fleet = try fleet(connection)
        try FileManager.default.createDirectory(
            atPath: fleet.repository + "/secrets", withIntermediateDirectories: true)
        #expect(symlink("../../outside", fleet.repository + "/secrets/pw") == 0)
        try fleet.commit()
        for words in [["plan", "--base", "main"], ["drift", "--base", "main"]] {
            let run = try fleet.run(words)
            #expect(run.status == 78, "\(run)")
            #expect(run.says(key, "a proposal writes"), "\(run)")
            #expect(!run.says(Self.secret), "\(run)")
        }
    }

    @Test func linksAreNotFollowedAndNothingBehindThemIsRepeated() throws {
        for (path, target) in [
            ("plumb.yaml", "../outside"), ("schema/app/x.sql", "../../../outside"),
            ("schema/app/more", "../../.."), ("approvals", ".."),
        ] {
            let fleet = try fleet("{user: root, tls: {mode: disabled}}")
            try? FileManager.default.removeItem(atPath: fleet.repository + "/" + path)
            #expect(symlink(target, fleet.repository + "/" + path) == 0)
            try fleet.git("add", "-A")
            try fleet.git(
                "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "Link")
            for words in [
                ["plan", "--working-tree"], ["plan"], ["plan", "--base", "main"],
                ["plan", "--base", "main", "--working-tree"], ["validate"],
                ["validate", "--working-tree"], ["lint", "--working-tree"],
            ] {
                let run = try fleet.run(words)
                // A tree of a commit has no folder of approvals where a link stands.
                if path != "approvals" {
                    #expect(![0, 2].contains(run.status), "\(path): \(run)")
                }
                #expect(!run.says(Self.secret), "\(path): \(run)")
            }
        }
    }

    @Test func aLedgerThatIsCommittedIsNone() throws {
        let fleet = try FleetFixture()
        fleet.file.ledger = ".plumb/ledger.git"
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.git("add", "-f", ".plumb")
        try fleet.commit()
        for words in [["plan"], ["reconcile"], ["status"], ["approve", "--all", "--reason", "x"]] {
            let run = try fleet.run(words)
            #expect(run.status == 78 && run.says("ledger:", "at `.plumb/ledger.git`"), "\(run)")
        }
    }

    /// A copy of another repository that was committed here: its fetch need only fail.
    @Test func aCopyOfTheSourceThatIsCommittedIsNone() throws {
        let fleet = try FleetFixture()
        try fleet.folder.write("", to: "elsewhere/x")
        try Shell.check(
            "git", ["clone", "-q", fleet.repository, fleet.folder.path + "/elsewhere/app"])
        let application = fleet.folder.path + "/elsewhere/app"
        func plumb() throws -> Run {
            let words = ["plan", "--source", "file://" + fleet.repository]
            let output = try Shell.run(
                PlumbProgram.path, words, environment: fleet.environment(nil),
                folder: application)
            return Run(words, output)
        }
        #expect(try plumb().status == 2)
        for words in [
            ["add", "-f", ".plumb"],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "Copy"],
        ] {
            try Shell.check("git", ["-C", application] + words)
        }
        let run = try plumb()
        #expect(run.status == 78 && run.says("copy of the source", ".plumb/mirrors"), "\(run)")
    }

    @Test func aLinkInThePlaceOfTheLedgersFolderIsNotFollowed() throws {
        let fleet = try FleetFixture()
        fleet.file.ledger = ".plumb/ledger.git"
        #expect(symlink("../elsewhere", fleet.repository + "/.plumb") == 0)
        try fleet.commit()
        let run = try fleet.expect(78, "plan")
        #expect(run.says("at `.plumb`"), "\(run)")
        #expect(!FileManager.default.fileExists(atPath: fleet.folder.path + "/elsewhere"))
    }
}
