import Basics
import CGit2
import Foundation

extension PackFolder {
    /// Makes the index of a pack from its objects, each of which is read; returns the name of both.
    ///
    /// Throws `corrupt` where the pack is not whole; then nothing was changed.
    ///
    /// - Parameter name: of the pack, without its suffix.
    @discardableResult
    func makeIndex(of name: String) throws(GitError) -> String {
        let pack = "\(path)/\(name).pack"
        let what = "indexing \(pack)"
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: pack), options: .alwaysMapped)
        } catch {
            throw GitError(.unreadable, "\(pack) cannot be read", remedy: "check its rights")
        }
        guard data.endsInItsHash else {
            throw GitError(.corrupt, "\(pack): its bytes do not hash to what it ends in")
        }
        try LibGit.start()
        let indexer = try Handle(what, free: git_indexer_free) {
            git_indexer_new(&$0.pointee, path, 0o444, nil, nil)
        }
        var progress = git_indexer_progress()
        LibGit.forget()
        let code = data.withUnsafeBytes {
            git_indexer_append(indexer.pointer, $0.baseAddress, $0.count, &progress)
        }
        try LibGit.check(code, what)
        try LibGit.check(git_indexer_commit(indexer.pointer, &progress), what)
        guard let found = git_indexer_name(indexer.pointer) else {
            throw GitError(.other, "\(what): libgit2 names none")
        }
        let made = "pack-" + String(cString: found)
        try DurableFile.sync(folder: path)
        // Git named packs in other ways once: the same bytes have their new name by now.
        guard made != name else { return made }
        for suffix in [".idx", ".pack"] { unlink("\(path)/\(name)\(suffix)") }
        return made
    }
}
