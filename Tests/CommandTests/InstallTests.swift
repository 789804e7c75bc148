import Foundation
import TestSupport
import Testing

@Suite("make install puts everything there, and make uninstall takes it away")
struct InstallTests {
    private let root: TemporaryFolder

    init() throws { root = try TemporaryFolder() }

    private func install(_ words: String...) throws -> Shell.Output {
        var variables = ProcessInfo.processInfo.environment
        variables["DESTDIR"] = root.path
        variables["PREFIX"] = "/usr"
        return try Shell.run(
            Pipeline.root + "/scripts/install.sh", words, environment: variables)
    }

    /// The files below a folder, by their paths in it.
    private func files(_ folder: String) throws -> Set<String> {
        var found: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let place = URL(filePath: "\(folder)/\(path)")
            let isFolder = try place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
            if isFolder != true { found.insert(path) }
        }
        return found
    }

    @Test func everyDocumentProgramAndUnitIsThere() throws {
        let run = try install("install", PlumbProgram.path)
        #expect(run.status == 0 && run.stderr.isEmpty, "\(run)")
        let documents = try files(root.path + "/usr/share/doc/plumb")
        let written = try files(Pipeline.root + "/docs")
        #expect(written.isSubset(of: documents), "\(written.subtracting(documents))")
        #expect(written.contains { $0.hasPrefix("images/") } && documents.contains("README.md"))
        let all = try files(root.path)
        for path in [
            "usr/bin/plumb", "usr/lib/systemd/system/plumb.service", "etc/plumb/plumb.env",
            "usr/lib/sysusers.d/plumb.conf", "usr/share/plumb/ci/plumb-ci.sh",
            "usr/share/man/man1/plumb-daemon.1.gz",
        ] { #expect(all.contains(path), "\(path)") }
        #expect(try install("uninstall").status == 0)
        #expect(try files(root.path) == ["etc/plumb/plumb.env"])
    }
}
