import Foundation
import TestSupport
import Testing

/// The image is not built here; what it copies and names is what the package has.
@Suite struct ContainerfileTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Pipeline.root)/\(path)", encoding: .utf8)
    }

    @Test func itCopiesThePackageThatIsMade() throws {
        let lines = try text("packaging/Containerfile").split(separator: "\n")
        let copied = lines.filter { $0.hasPrefix("COPY ") }
        #expect(copied == ["COPY plumb_*.deb /tmp/"])
        #expect(try text("scripts/deb.sh").contains("name=plumb_${version}_$architecture.deb"))
        #expect(try text("Makefile").contains("scripts/deb.sh $(STATIC) .build-package"))
        #expect(lines.contains { $0.contains("apt-get install") && $0.contains("plumb_*.deb") })
    }

    @Test func itsUserFolderAndReleaseAreThoseOfThePackage() throws {
        let image = try text("packaging/Containerfile")
        let user = try text("packaging/plumb.sysusers").split(separator: " ").map(String.init)
        #expect(user.prefix(2) == ["u", "plumb"])
        #expect(image.contains("\nUSER \(user[1])\n"))
        let folder = user.last?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        for line in ["WORKDIR \(folder)", "VOLUME \(folder)"] { #expect(image.contains(line)) }
        // The system that deb-test installs the package into.
        #expect(image.contains("\nFROM debian:bookworm-slim\n"))
        #expect(try text("scripts/deb-test.sh").contains("--variant=minbase bookworm"))
        let program = "/usr/share/plumb/ci/plumb-ci.sh"
        #expect(image.contains(program))
        #expect(FileManager.default.fileExists(atPath: Pipeline.root + "/ci/plumb-ci.sh"))
    }
}
