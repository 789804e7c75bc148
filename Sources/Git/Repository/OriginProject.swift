import CGit2
import Foundation

extension Repository {
    /// Throws where this repository is not the `.git` of a folder of files, as `git clone` makes
    /// it, but lies among the files of another repository.
    ///
    /// A bare repository can be committed as files, with references and settings of the committer's
    /// choice.
    package func requireOwnFolder() throws(GitError) {
        let refusal = GitError(
            .invalid,
            "\(folder): a repository that lies among other files, which may be a "
                + "proposal's own",
            remedy: "run in the folder of a checkout")
        guard let work = workFolder else { throw refusal }
        var status = stat()
        let marker = work.hasSuffix("/") ? work + ".git" : work + "/.git"
        guard lstat(marker, &status) == 0,
            try Repository(opening: work).folder == folder
        else { throw refusal }
    }

    /// Whether the remote `origin` is the project with this path, `owner/name`, regardless of
    /// letter case; true where the path is nil.
    package func hasOrigin(of project: String?) throws(GitError) -> Bool {
        guard let project else { return true }
        guard let address = try address(ofRemote: "origin") else { return false }
        return Self.projectPath(of: address) == project.lowercased()
    }

    private func address(ofRemote name: String) throws(GitError) -> String? {
        try locked { (pointer) throws(GitError) in
            do throws(GitError) {
                let remote = try Handle("reading \(name) of \(folder)", free: git_remote_free) {
                    git_remote_lookup(&$0.pointee, pointer, name)
                }
                return git_remote_url(remote.pointer).map { String(cString: $0) }
            } catch  where error.code == .notFound {
                return nil
            }
        }
    }

    /// The project path of an address, in lower case: `owner/name`.
    static func projectPath(of address: String) -> String? {
        var path: Substring
        if let scheme = address.range(of: "://") {
            let rest = address[scheme.upperBound...]
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            path = rest[rest.index(after: slash)...]
        } else if let colon = address.firstIndex(of: ":"),
            !address[..<colon].contains("/")
        {
            path = address[address.index(after: colon)...]
        } else {
            return nil
        }
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        if path.hasSuffix(".git") { path = path.dropLast(4) }
        return path.lowercased()
    }
}
