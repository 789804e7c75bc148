import Foundation
import TestSupport
import Testing

/// `--write`: one pass, several documents.
@Suite struct WrittenDocumentsTests {
    private func text(_ fleet: FleetFixture, _ name: String) throws -> String {
        try String(contentsOfFile: "\(fleet.folder.path)/\(name)", encoding: .utf8)
    }

    @Test func eachDocumentIsWhatOutputWouldPrint() throws {
        let fleet = try FleetFixture()
        for (command, formats) in [
            ("plan", ["markdown", "sarif", "junit", "html"]), ("drift", ["markdown", "sarif"]),
        ] {
            let files = formats.map { "--write=\($0)=../\(command).\($0)" }
            let run = try fleet.expect(2, [command] + files)
            #expect(run.stdout == (try fleet.expect(2, command).stdout))
            for format in formats {
                let printed = try fleet.expect(2, command, "--output", format).stdout
                #expect(try text(fleet, "\(command).\(format)") == printed, "\(format)")
            }
        }
        try fleet.expect(0, "reconcile", "--write=markdown=../done.md", "--write=json=../done.json")
        #expect(try text(fleet, "done.md").contains("### Reconcile `production`"))
        #expect(try text(fleet, "done.json").contains("\"exit\":0"))
    }

    @Test func anErrorIsWrittenToo() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": "CREATE TABLE orders (id int,);\n"])
        try fleet.expect(1, "plan", "--write=markdown=../plan.md", "--write=sarif=../plan.sarif")
        #expect(try text(fleet, "plan.md").contains("### plumb failed"))
        #expect(try text(fleet, "plan.sarif").contains("error/"))
    }

    /// What a pass did is not made unsaid by a disk that is full.
    @Test func aFullDiskIsAnErrorAndTheRestHasTheReport() throws {
        let fleet = try FleetFixture()
        let run = try fleet.run(
            "reconcile", "--write=json=/dev/full", "--write=markdown=../done.md", "--output=text")
        #expect(run.status == 1 && run.says("/dev/full cannot be written: No space left"), "\(run)")
        #expect(run.says("2 done"), "\(run)")
        #expect(try text(fleet, "done.md").contains("### Reconcile `production`"))
        #expect(try fleet.table("orders") != nil)
    }

    @Test func whatCannotBeWrittenIsKnownBeforeAnythingIsDone() throws {
        let fleet = try FleetFixture()
        try fleet.expectUntouched {
            let folder = try fleet.expect(78, "reconcile", "--write=markdown=nowhere/plan.md")
            #expect(
                folder.says("nowhere/plan.md cannot be written: No such file or directory"),
                "\(folder)")
            let format = try fleet.expect(64, "reconcile", "--write=sarif=../a")
            #expect(format.says("--write sarif=../a: no format and file", "markdown"), "\(format)")
            for word in ["markdown", "markdown=", "=a", "nonsense=a"] {
                let run = try fleet.expect(64, "plan", "--write=\(word)")
                #expect(run.says("--write \(word): no format and file"), "\(run)")
            }
            let twice = try fleet.expect(64, "plan", "--write=json=../a", "--write=sarif=../a")
            #expect(twice.says("names ../a twice"), "\(twice)")
            let daemon = try fleet.expect(
                64, "plan", "--server", "http://127.0.0.1:1", "--write=json=../a")
            #expect(daemon.says("a daemon gives one format at a time"), "\(daemon)")
        }
    }
}
