import Foundation
import TestSupport
import Testing

@testable import Desired

@Suite("attack: an operator's file that others write")
struct OperatorFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write(operatorText(), to: "etc/operator.yaml")
        #expect(chmod(path, 0o600) == 0)
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test func theNamedOneComesFirstThenTheVariableThenTheUsualPlace() throws {
        let other = try folder.write(operatorText("follow: other"), to: "etc/other.yaml")
        #expect(chmod(other, 0o600) == 0)
        func follow(_ named: String?, _ variable: String?, _ standard: String) throws -> String? {
            try OperatorFile.load(named: named, variable: variable, standard: standard)?.follow
        }
        #expect(try follow(other, path, path) == "other")
        #expect(try follow(nil, other, path) == "other")
        #expect(try follow(nil, "", other) == "other")
        #expect(
            try OperatorFile.load(
                named: nil, variable: nil, standard: folder.path + "/none") == nil)
    }

    @Test func oneThatIsNamedAndMissingIsAnError() {
        let missing = folder.path + "/none.yaml"
        for (named, variable) in [(missing, nil), (nil, missing)] as [(String?, String?)] {
            let told = refusal {
                _ = try OperatorFile.load(named: named, variable: variable, standard: path)
            }
            #expect(told.contains("none.yaml") && told.contains("cannot be read"), "\(told)")
        }
    }

    @Test(arguments: [0o620, 0o602, 0o666])
    func oneThatOthersCanWriteIsRefused(mode: Int) {
        #expect(chmod(path, mode_t(mode)) == 0)
        let told = refusal { _ = try OperatorFile.load(named: path, variable: nil) }
        #expect(told.contains("others than its owner can write"), "\(told)")
        #expect(told.contains("chmod go-w"), "\(told)")
    }

    @Test func aLinkThatOthersCanPutAnotherInThePlaceOfIsRefused() throws {
        let open = folder.path + "/open"
        try FileManager.default.createDirectory(
            atPath: open, withIntermediateDirectories: false)
        symlink(path, open + "/operator.yaml")
        symlink(folder.path + "/etc", open + "/etc")
        for link in ["/operator.yaml", "/etc/operator.yaml"] {
            #expect(chmod(open, 0o755) == 0)
            #expect(refusal { _ = try OperatorFile.load(named: open + link, variable: nil) } == "")
            #expect(chmod(open, 0o777) == 0)
            let told = refusal { _ = try OperatorFile.load(named: open + link, variable: nil) }
            #expect(told.contains("/open, and so decide"), "\(told)")
        }
    }

    @Test func aFolderLikeTmpIsItsOwnersAllTheSame() throws {
        guard geteuid() == 0 else { return }
        let etc = folder.path + "/etc"
        #expect(chmod(etc, 0o1777) == 0)
        #expect(refusal { _ = try OperatorFile.load(named: path, variable: nil) } == "")
        #expect(chown(etc, 12_345, 0) == 0)
        let told = refusal { _ = try OperatorFile.load(named: path, variable: nil) }
        #expect(told.contains("belongs to another user"), "\(told)")
    }

    @Test func oneInAFolderThatOthersCanWriteIsRefused() {
        #expect(chmod(folder.path + "/etc", 0o777) == 0)
        let told = refusal { _ = try OperatorFile.load(named: path, variable: nil) }
        #expect(told.contains("/etc, and so decide"), "\(told)")
    }

    @Test func oneOfAnotherUserIsRefused() {
        guard geteuid() == 0 else { return }
        #expect(chown(path, 12_345, 12_345) == 0)
        let told = refusal { _ = try OperatorFile.load(named: path, variable: nil) }
        #expect(told.contains("belongs to another user"), "\(told)")
    }

    @Test func whatIsNoFileIsRefused() {
        let told = refusal {
            _ = try OperatorFile.load(named: folder.path + "/etc", variable: nil)
        }
        #expect(told.contains("not a regular file"), "\(told)")
    }

    @Test func oneInsideTheSchemaRepositoryIsRefusedAlsoByALink() throws {
        let link = folder.path + "/link"
        #expect(symlink(folder.path + "/etc", link) == 0)
        for (file, root) in [
            (path, folder.path), (path, folder.path + "/"), (path, folder.path + "/etc"),
            (path, link), (link + "/operator.yaml", folder.path + "/etc"),
        ] {
            let told = refusal { try OperatorFile.check(file, liesOutside: root) }
            #expect(told.contains("inside the schema repository"), "\(file) \(root)")
        }
        try OperatorFile.check(path, liesOutside: folder.path + "/et")
        try OperatorFile.check(path, liesOutside: folder.path + "/repo")
    }
}
