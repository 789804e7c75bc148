import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("Trust rests on no file that others may change")
struct TrustedFileTests {
    private func code(_ path: String) -> SignatureError.Code? {
        signatureError { _ = try TrustedFile.text(path) }
    }

    @Test(
        "attack: allowed signers that the group or everybody may write to",
        arguments: [0o644, 0o600, 0o444, 0o664, 0o646, 0o666, 0o602])
    func modes(mode: Int) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("# nobody\n", to: "signers")
        chmod(file, mode_t(mode))
        #expect(code(file) == (mode & 0o022 == 0 ? nil : .unsafeFile))
    }

    @Test("attack: allowed signers in a folder in which others may put another file")
    func folders() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("# nobody\n", to: "a/b/signers")
        #expect(code(file) == nil)
        for name in ["a", "a/b"] {
            let path = "\(folder.path)/\(name)"
            chmod(path, 0o777)
            #expect(code(file) == .unsafeFile)
            // Nobody replaces another's file in such a folder.
            chmod(path, 0o1777)
            #expect(code(file) == nil)
            chmod(path, 0o775)
            #expect(code(file) == .unsafeFile)
            chmod(path, 0o755)
        }
        // A link is followed to where the file really lies.
        chmod("\(folder.path)/a", 0o777)
        symlink(file, folder.path + "/link")
        #expect(code(folder.path + "/link") == .unsafeFile)
    }

    @Test("attack: allowed signers behind a link that others may put another in the place of")
    func links() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("# nobody\n", to: "a/signers")
        let open = folder.path + "/open"
        #expect(mkdir(open, 0o755) == 0)
        symlink(file, open + "/signers")
        symlink("../a", open + "/a")
        for link in ["/signers", "/a/signers"] {
            chmod(open, 0o755)
            #expect(code(open + link) == nil)
            chmod(open, 0o777)
            #expect(code(open + link) == .unsafeFile)
        }
    }

    @Test("attack: allowed signers that belong to somebody else")
    func owner() throws {
        guard geteuid() == 0 else { return }
        let folder = try TemporaryFolder()
        let file = try folder.write("# nobody\n", to: "signers")
        #expect(chown(file, 12_345, 0) == 0)
        #expect(code(file) == .unsafeFile)
    }

    @Test func whatIsNoFile() throws {
        let folder = try TemporaryFolder()
        #expect(code(folder.path + "/missing") == .invalidFile)
        #expect(code(folder.path) == .invalidFile)
        mkfifo(folder.path + "/pipe", 0o600)
        #expect(code(folder.path + "/pipe") == .invalidFile)
        let file = try folder.write("", to: "latin")
        try Data([0xe9]).write(to: URL(fileURLWithPath: file))
        #expect(code(file) == .invalidFile)
    }
}
