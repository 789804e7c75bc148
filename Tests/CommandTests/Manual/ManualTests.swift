import Foundation
import TestSupport
import Testing

@testable import plumb

/// The man pages as formatters see them.
@Suite struct ManualTests {
    @Test func everyCommandHasAPageWithoutWarnings() throws {
        let folder = try TemporaryFolder()
        try Shell.check(PlumbProgram.path, ["manual", "--into", folder.path])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let wanted = CommandTable.commands.map {
            "plumb-" + $0.name.replacing(" ", with: "-") + ".1"
        }
        #expect(names == (wanted + ["plumb.1"]).sorted())
        for name in names {
            let file = folder.path + "/" + name
            let lint = try Shell.run("mandoc", ["-T", "lint", "-W", "warning", file])
            #expect(lint.status == 0, "\(lint.stdout)\(lint.stderr)")
            let groff = try Shell.run("groff", ["-mandoc", "-Tutf8", "-ww", "-z", file])
            #expect(groff.status == 0 && groff.stderr.isEmpty, "\(groff.stderr)")
        }
    }

    @Test func aPageHasWhatTheHelpHas() throws {
        for (command, page) in zip(
            CommandTable.commands, ManualPage.all(CommandTable.commands).dropFirst())
        {
            let shown = try words(of: page)
            let parts = command.options.map(\.help) + [command.summary, command.details]
            for part in parts where !part.isEmpty {
                let text = part.replacing("`", with: " ").split(whereSeparator: \.isWhitespace)
                    .joined(separator: " ")
                let isThere = shown.lowercased().contains(text.lowercased())
                #expect(isThere, "\(page.name) has: \(text)\n\(shown)")
            }
            for option in command.options { #expect(shown.contains("--\(option.name)")) }
        }
    }

    @Test func textIsNeverAMacro() throws {
        let command = Command(
            name: "odd", summary: "a summary", details: ".Sh is 'quoted' \\fBnot\\fR bold…",
            options: [
                Option(name: "end", value: "Ar\"b", help: ".El of -- a `list` ~ ^ \\n")
            ], run: { _ in .done })
        let page = ManualPage.all([command])[1]
        #expect(page.text.utf8.count == page.text.unicodeScalars.count, "ASCII only")
        let shown = try words(of: page)
        #expect(shown.contains(".Sh is 'quoted' \\fBnot\\fR bold…"))
        #expect(shown.contains("--end Ar\"b .El of -- a list ~ ^ \\n."))
    }

    @Test func everyVariableThatIsReadIsNamed() throws {
        let sources = try Shell.check(
            "grep", ["-rhoE", "\"PLUMB_[A-Z_]+\"", Self.sources])
        let read = Set(
            sources.split(whereSeparator: { $0.isNewline || $0 == "\"" }).map(String.init))
        let named = Set(EnvironmentVariable.all.map(\.name).filter { $0.hasPrefix("PLUMB_") })
        // A switch of tests, and what finalizers are given.
        #expect(read.subtracting(["PLUMB_FAULT", "PLUMB_SHARD"]) == named)
    }

    @Test func aPageIsPrintedByName() throws {
        let page = try Shell.check(PlumbProgram.path, ["manual", "store", "verify"])
        #expect(page.contains(".Dt PLUMB-STORE-VERIFY 1"))
        let unknown = try Shell.run(PlumbProgram.path, ["manual", "stores"])
        #expect(unknown.status == 64 && unknown.stderr.contains("no command `stores`"))
        let nowhere = try Shell.run(PlumbProgram.path, ["manual", "--into", "/nonexistent"])
        #expect(nowhere.status == 64 && nowhere.stderr.contains("/nonexistent/plumb.1"))
    }

    private static let sources = URL(fileURLWithPath: #filePath)
        .appendingPathComponent("../../../../Sources").standardized.path

    /// What mandoc shows, in one line without backquotes.
    private func words(of page: ManualPage) throws -> String {
        let text = try Shell.check(
            "mandoc", ["-T", "utf8", "-O", "width=1000"], input: page.text)
        // A letter, a backspace and the letter again is bold; one with a low line is underlined.
        let plain = text.replacing(/.\u{8}/, with: "")
        return plain.replacing("`", with: " ").split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }
}
