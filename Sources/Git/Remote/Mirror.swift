import Basics
import CGit2
import Execution
import Foundation

/// A bare copy of the schema repository in a cache folder.
package enum Mirror {
    /// The copy after an update.
    package struct State: Sendable {
        package let repository: Repository
        /// When the copy was last known to equal the source.
        package let fetchedAt: Date
        /// Why this update failed; nil where it succeeded. The copy is then that of `fetchedAt`.
        package let failure: GitError?
        /// The branches whose new tip does not descend from the old one, sorted.
        package let forced: [String]
    }

    /// Updates the copy in `folder` from `source`, and creates it the first time.
    ///
    /// Branches and tags become those of the source, rewritten and deleted ones included. Where the
    /// source cannot be read, the last good copy is kept and `failure` says why; where there is
    /// none, this throws.
    ///
    /// - Parameter waitSeconds: how long to wait for another process that updates this copy.
    /// - Parameter limitSeconds: how long to wait for a server that does not answer.
    package static func update(
        source: SourceAddress, folder: String, credentials: SourceCredentials = .init(),
        waitSeconds: Double = 60, limitSeconds: Double = 600, now: Date = Date()
    ) throws(GitError) -> State {
        try createFolder(folder)
        do throws(GitError) {
            return try Deadline.run(seconds: limitSeconds, "fetching \(source)") {
                () throws(GitError) in
                let lock = try takeLock(folder, waitSeconds: waitSeconds)
                defer { withExtendedLifetime(lock) {} }
                StaleFiles.remove(
                    in: folder, minimumAgeSeconds: lock.abandonedBy == nil ? 600 : 0)
                let repository = try Repository(
                    openingOrCreatingBare: folder, initialBranch: "main")
                try repository.name(source, folder: folder)
                let (forced, hasNews) = try repository.fetch(source, credentials)
                // Packing is optional: the next fetch that brings something tries again.
                if hasNews { try? MirrorPacks.compact(repository) }
                try FetchTime.write(now, folder: folder)
                return State(
                    repository: repository, fetchedAt: now, failure: nil, forced: forced)
            }
        } catch {
            return try lastGood(after: error, source, folder, now)
        }
    }

    /// The copy of the last successful update; throws `error` where there is none.
    private static func lastGood(
        after error: GitError, _ source: SourceAddress, _ folder: String, _ now: Date
    ) throws(GitError) -> State {
        guard let last = FetchTime.read(folder: folder) else { throw error }
        let repository = try Repository(opening: folder)
        // Throws where the folder holds a copy of another source.
        try repository.name(source, folder: folder)
        let age = max(0, Int(now.timeIntervalSince(last)))
        return State(
            repository: repository, fetchedAt: last,
            failure: GitError(
                error.code, "\(error.message); working with the copy of \(age) seconds ago"),
            forced: [])
    }

    private static func createFolder(_ folder: String) throws(GitError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw GitError(
                .unreadable, "cannot create the cache folder \(folder)", remedy: "check its rights")
        }
    }

    private static func takeLock(
        _ folder: String, waitSeconds: Double
    ) throws(GitError) -> FileLock {
        do throws(FileLock.Failure) {
            return try FileLock(
                path: "\(folder)/plumb.lock", waitSeconds: waitSeconds, purpose: "fetching")
        } catch {
            switch error {
            case .held(let holder):
                throw GitError(.locked, "the copy in \(folder) is being updated by \(holder)")
            case .system(let number):
                throw GitError(
                    number == ENOSPC ? .diskFull : .unreadable,
                    "\(folder)/plumb.lock: \(String(cString: strerror(number)))")
            }
        }
    }
}

/// The time of the last successful update, in a file beside the copy.
private enum FetchTime {
    static func read(folder: String) -> Date? {
        // Without it there is no good copy: the failure of the fetch is thrown.
        guard let text = try? String(contentsOfFile: path(folder), encoding: .utf8),
            let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }

    static func write(_ time: Date, folder: String) throws(GitError) {
        do {
            try Data("\(time.timeIntervalSince1970)\n".utf8)
                .write(to: URL(fileURLWithPath: path(folder)), options: .atomic)
        } catch {
            throw GitError(
                .unreadable, "\(path(folder)): cannot write", remedy: "check rights and space")
        }
    }

    private static func path(_ folder: String) -> String { "\(folder)/plumb-fetched" }
}

extension Repository {
    /// Records the source of the mirror; throws for a folder that mirrors another source.
    fileprivate func name(_ source: SourceAddress, folder: String) throws(GitError) {
        if let known = try ownText("remote.origin.url") {
            guard known == source.url else {
                throw GitError(
                    .invalid,
                    "the cache folder \(folder) holds a copy of \(known), not of \(source)",
                    remedy: "remove it or name another")
            }
            return
        }
        try locked { (pointer) throws(GitError) in
            let what = "setting up the mirror \(folder)"
            _ = try Handle(what, free: git_remote_free) {
                git_remote_create_with_fetchspec(
                    &$0.pointee, pointer, "origin", source.url, FetchSpecs.branches)
            }
            try LibGit.check(git_remote_add_fetch(pointer, "origin", FetchSpecs.tags), what)
        }
    }

    /// The source as a remote to which no configuration applies.
    ///
    /// Not by `git_remote_lookup`: that matches every line of the configuration with
    /// `url.*.insteadOf`, and libgit2 1.5 leaks 20 kB for each line that is none
    /// (`git_regexp_match` in `regexp.c` frees its match data only after a match).
    private func remote(
        _ source: SourceAddress, _ pointer: OpaquePointer
    ) throws(GitError) -> Handle {
        var options = git_remote_create_options()
        git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
        options.repository = pointer
        options.flags =
            GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue
            | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        return try Handle("naming \(source)", free: git_remote_free) {
            git_remote_create_with_opts(&$0.pointee, source.url, &options)
        }
    }

    /// Fetches and prunes; returns the rewritten branches, and whether any reference moved.
    fileprivate func fetch(
        _ source: SourceAddress, _ credentials: SourceCredentials
    ) throws(GitError) -> (forced: [String], hasNews: Bool) {
        if source.transport == .https {
            try CertificateAuthority.use(credentials.certificateAuthorityFile)
        }
        let session = RemoteSession(source: source, credentials: credentials)
        defer { withExtendedLifetime(session) {} }
        do throws(GitError) {
            return try locked { (pointer) throws(GitError) in
                let remote = try remote(source, pointer)
                try transfer(remote.pointer, source, session)
                try followDefaultBranch(remote.pointer, source)
                return (try rewritten(session), !session.moved.isEmpty)
            }
        } catch {
            throw session.explain(error)
        }
    }

    private func transfer(
        _ remote: OpaquePointer, _ source: SourceAddress, _ session: RemoteSession
    ) throws(GitError) {
        let what = "fetching \(source)"
        var connection = git_remote_connect_options()
        git_remote_connect_options_init(&connection, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        connection.callbacks = session.callbacks()
        // Set here, because configurations decide about what is left at its default.
        connection.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        connection.proxy_opts.type = GIT_PROXY_NONE
        try LibGit.check(git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &connection), what)
        defer { git_remote_disconnect(remote) }
        // An empty answer would remove every branch: keep the last good copy instead.
        guard try advertises(remote, source) else {
            throw GitError(.empty, "\(what): the source has no branch", remedy: "push one first")
        }
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.callbacks = session.callbacks()
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_NONE
        let downloaded = FetchSpecs.withArray { git_remote_download(remote, $0, &options) }
        try LibGit.check(downloaded, what)
        var callbacks = session.callbacks()
        // Prune first: while a branch `a` exists, none can be called `a/b`.
        try LibGit.check(git_remote_prune(remote, &callbacks), what)
        try LibGit.check(
            git_remote_update_tips(
                remote, &callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, "fetch"), what)
    }

    private func advertises(
        _ remote: OpaquePointer, _ source: SourceAddress
    ) throws(GitError) -> Bool {
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try LibGit.check(git_remote_ls(&heads, &count, remote), "listing \(source)")
        return (0..<count).contains { place in
            guard let name = heads?[place]?.pointee.name else { return false }
            return String(cString: name).hasPrefix("refs/heads/")
        }
    }

    /// Points the copy's `HEAD` to the source's default branch.
    private func followDefaultBranch(
        _ remote: OpaquePointer, _ source: SourceAddress
    ) throws(GitError) {
        // For a local source libgit2 only guesses, so its HEAD is read instead.
        if let path = source.localPath {
            if let name = try Repository(opening: path).headReference() { try point(at: name) }
            return
        }
        var name = git_buf()
        defer { git_buf_dispose(&name) }
        // A detached HEAD at the source names no branch; the copy's HEAD is left as it is.
        guard git_remote_default_branch(&name, remote) == 0, let text = name.ptr else { return }
        try point(at: String(cString: text))
    }

    private func point(at reference: String) throws(GitError) {
        guard reference.hasPrefix("refs/heads/"), try headReference() != reference else { return }
        try setHead(branch: String(reference.dropFirst("refs/heads/".count)))
    }

    private func rewritten(_ session: RemoteSession) throws(GitError) -> [String] {
        var result: [String] = []
        for move in session.moved where move.reference.hasPrefix("refs/heads/") {
            if move.old.isZero || move.new.isZero { continue }
            if try !isAncestor(move.old, of: move.new) {
                result.append(String(move.reference.dropFirst("refs/heads/".count)))
            }
        }
        return result.sorted(by: bytesPrecede)
    }
}

/// What a mirror fetches: all branches and tags, by force.
private enum FetchSpecs {
    static let branches = "+refs/heads/*:refs/heads/*"
    static let tags = "+refs/tags/*:refs/tags/*"

    static func withArray<Result>(_ body: (UnsafePointer<git_strarray>) -> Result) -> Result {
        var texts: [UnsafeMutablePointer<CChar>?] = [strdup(branches), strdup(tags)]
        defer { texts.forEach { free($0) } }
        return texts.withUnsafeMutableBufferPointer { texts in
            var array = git_strarray(strings: texts.baseAddress, count: texts.count)
            return body(&array)
        }
    }
}

/// The certificate authorities for https, of which libgit2 has one set for the whole process.
///
/// Sources with different authorities take turns: a fetch that finds another source's set is
/// refused, and succeeds when tried again.
private enum CertificateAuthority {
    private static let current = Lock<String?>(nil)

    static func use(_ wanted: String?) throws(GitError) {
        try current.withLock { (used) throws(GitError) in
            guard used != wanted else { return }
            guard let file = wanted ?? systemFile else {
                throw GitError(
                    .certificate, "the system's certificate authorities are not found",
                    remedy: "install them (ca-certificates), or name a file of authorities")
            }
            try LibGit.check(
                plumb_git_set_ssl_cert_locations(file, nil),
                "reading the certificate authorities in \(file)")
            used = wanted
        }
    }

    /// The system's own file, to return to after another one was used.
    private static var systemFile: String? {
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
            .first { FileManager.default.isReadableFile(atPath: $0) }
    }
}
