import Foundation
import TestSupport
import Testing

/// The unit of the package, as systemd reads it, with the program that was built.
@Suite struct ServiceUnitTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The path of the unit.
    private func unit(_ change: (String) -> String = { $0 }) throws -> String {
        let text = try String(
            contentsOfFile: Pipeline.root + "/packaging/plumb.service.in", encoding: .utf8)
        let program = (PlumbProgram.path as NSString).deletingLastPathComponent
        let installed = text.replacingOccurrences(of: "@bindir@", with: program)
            .replacingOccurrences(of: "@sysconfdir@", with: folder.path)
        return try folder.write(change(installed), to: "plumb.service")
    }

    private func analyse(_ words: String..., unit: String) throws -> Shell.Output {
        try Shell.run("systemd-analyze", words + [unit])
    }

    @Test func systemdHasNothingToSayOfIt() throws {
        let path = try unit()
        let run = try analyse("--man=no", "verify", unit: path)
        #expect(run.status == 0 && run.stderr.isEmpty, "\(run.stdout)\(run.stderr)")
        let faulty = try unit { $0.replacing("WatchdogSec=", with: "WatchdogSeconds=") }
        let said = try analyse("--man=no", "verify", unit: faulty)
        #expect(said.stderr.contains("Unknown key"), "\(said)")
    }

    /// In tenths, as `systemd-analyze security` counts exposure: 1.5.
    @Test func itIsAsClosedAsItWas() throws {
        let words = ["security", "--offline=yes", "--threshold=15"]
        let path = try unit()
        let run = try Shell.run("systemd-analyze", words + [path])
        #expect(run.status == 0, "\(run.stdout)\(run.stderr)")
        let open = try unit {
            $0.replacing("NoNewPrivileges=yes\n", with: "")
                .replacing("ProtectSystem=strict\n", with: "")
        }
        #expect(try Shell.run("systemd-analyze", words + [open]).status != 0)
    }
}
