import Foundation

/// The files of a folder on the disk, committed or not.
package final class WorkingTree: SourceTree {
    /// The folder's path.
    package let root: String

    /// The files below `folder`.
    package init(folder: String) {
        root = folder
    }

    package var describes: String { "the files in \(root)" }

    package func entries(of folder: String) throws(GitError) -> [SourceEntry] {
        let parent = try open(folder, O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(parent) else {
            let number = errno
            close(parent)
            throw failure(folder, number)
        }
        defer { closedir(stream) }
        var result: [SourceEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw failure(folder, errno) }
                break
            }
            let name = try Self.name(of: entry, in: folder)
            // The root's own `.git` is not part of the files; a commit's tree has no such entry.
            if name == "." || name == ".." || name == ".git" { continue }
            if let kind = try kind(of: name, in: parent, folder) {
                result.append(SourceEntry(name: name, kind: kind))
            }
        }
        return result.sorted { bytesPrecede($0.name, $1.name) }
    }

    package func read(_ path: String) throws(GitError) -> [UInt8] {
        // Not blocking: opening a named pipe would otherwise wait for a writer.
        let descriptor = try open(path, O_RDONLY | O_NONBLOCK)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw GitError(.invalid, "\(path): not a regular file; only files are read")
        }
        guard status.st_size <= SourceLimits.fileBytes else { throw Self.tooLarge(path) }
        return try readAll(descriptor, path)
    }

    private func readAll(_ descriptor: Int32, _ path: String) throws(GitError) -> [UInt8] {
        var result: [UInt8] = []
        var chunk: [UInt8] = Array(repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, errno) }
            if count == 0 { return result }
            result.append(contentsOf: chunk[..<count])
            guard result.count <= SourceLimits.fileBytes else { throw Self.tooLarge(path) }
        }
    }

    /// Opens `path` component by component, never through a symbolic link.
    private func open(_ path: String, _ flags: Int32) throws(GitError) -> Int32 {
        let components = try SourcePath.components(path)
        // The root itself may be a link, as the caller chose it.
        let last = components.isEmpty ? flags : O_RDONLY | O_DIRECTORY
        var current = Foundation.open(root, last | O_CLOEXEC)
        guard current >= 0 else { throw failure("", errno) }
        for (place, name) in components.enumerated() {
            let wanted = place == components.count - 1 ? flags : O_RDONLY | O_DIRECTORY
            let next = openat(current, name, wanted | O_NOFOLLOW | O_CLOEXEC)
            var number = errno
            // The system reports "not a directory" for a link where a folder is expected.
            if next < 0, number == ENOTDIR, isLink(name, in: current) { number = ELOOP }
            close(current)
            guard next >= 0 else {
                throw failure(components[...place].joined(separator: "/"), number)
            }
            current = next
        }
        return current
    }

    private func isLink(_ name: String, in parent: Int32) -> Bool {
        var status = stat()
        return fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            && status.st_mode & S_IFMT == S_IFLNK
    }

    private func kind(
        of name: String, in parent: Int32, _ folder: String
    ) throws(GitError) -> SourceEntry.Kind? {
        var status = stat()
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // It was removed after it was listed.
            if errno == ENOENT { return nil }
            throw failure(folder.isEmpty ? name : "\(folder)/\(name)", errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            // git never descends into a repository inside of the repository.
            return faccessat(parent, "\(name)/.git", F_OK, 0) == 0 ? .submodule : .folder
        case S_IFLNK: return .symlink
        case S_IFREG: return .file
        default: return nil
        }
    }

    private func failure(_ path: String, _ number: Int32) -> GitError {
        let place = path.isEmpty ? root : "\(root)/\(path)"
        switch number {
        case ENOENT, ENOTDIR:
            return GitError(.notFound, "\(place): no such file or folder")
        case ELOOP:
            return GitError(
                .invalid, "\(place): a symbolic link, which is never followed",
                remedy: "use a real file")
        default:
            return GitError(
                .unreadable, "\(place): \(String(cString: strerror(number)))",
                remedy: "check its rights")
        }
    }

    private static func tooLarge(_ path: String) -> GitError {
        GitError(.invalid, "\(path): more than the \(SourceLimits.fileBytes) bytes that are read")
    }

    private static func name(
        of entry: UnsafeMutablePointer<dirent>, in folder: String
    ) throws(GitError) -> String {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
            start.withMemoryRebound(to: CChar.self, capacity: 256) {
                String(validatingCString: $0)
            }
        }
        guard let name else {
            throw GitError(
                .invalid, "a name in folder \"\(folder)\" is not UTF-8", remedy: "rename it")
        }
        return name
    }
}
