import CGit2

extension Repository {
    /// The number that the repository's own configuration sets for `name`; nil where not set.
    package func setting(_ name: String) throws(GitError) -> Int64? {
        try locked { (pointer) throws(GitError) in
            let what = "reading the configuration of \(folder)"
            let configuration = try ownConfiguration(pointer, what)
            var value: Int64 = 0
            let code = git_config_get_int64(&value, configuration.pointer, name)
            if code == GIT_ENOTFOUND.rawValue { return nil }
            try LibGit.check(code, what)
            return value
        }
    }

    /// The text that the repository's own configuration sets for `name`; nil where not set.
    func ownText(_ name: String) throws(GitError) -> String? {
        try locked { (pointer) throws(GitError) in
            let what = "reading the configuration of \(folder)"
            let configuration = try ownConfiguration(pointer, what)
            var value = git_buf()
            defer { git_buf_dispose(&value) }
            let code = git_config_get_string_buf(&value, configuration.pointer, name)
            if code == GIT_ENOTFOUND.rawValue { return nil }
            try LibGit.check(code, what)
            return value.ptr.map { String(cString: $0) }
        }
    }

    /// Sets `name` in the repository's own configuration.
    package func setSetting(_ name: String, to value: Int64) throws(GitError) {
        try locked { (pointer) throws(GitError) in
            let what = "writing the configuration of \(folder)"
            let configuration = try ownConfiguration(pointer, what)
            try LibGit.check(git_config_set_int64(configuration.pointer, name, value), what)
        }
    }

    /// The repository's own file, without the user's and the system's configuration.
    private func ownConfiguration(
        _ pointer: OpaquePointer, _ what: String
    ) throws(GitError) -> Handle {
        let all = try Handle(what, free: git_config_free) {
            git_repository_config(&$0.pointee, pointer)
        }
        return try Handle(what, free: git_config_free) {
            git_config_open_level(&$0.pointee, all.pointer, GIT_CONFIG_LEVEL_LOCAL)
        }
    }
}
