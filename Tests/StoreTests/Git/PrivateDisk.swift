import Foundation

/// A small file system of its own for one process, which goes with it.
///
/// Call it in an exit test, on the thread that uses the disk.
struct PrivateDisk {
    let path: String
    private let mount: MountFunction

    private typealias MountFunction =
        @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>?, CUnsignedLong,
            UnsafeRawPointer?
        ) -> Int32
    private typealias UnshareFunction = @convention(c) (Int32) -> Int32

    /// Mounts it on an empty folder; nil where this user may not, which is said.
    init?(_ path: String, options: String) {
        let all = UnsafeMutableRawPointer(bitPattern: 0)
        // Swift's view of the C library leaves these out.
        guard let unshareSymbol = dlsym(all, "unshare"), let mountSymbol = dlsym(all, "mount")
        else {
            return nil
        }
        let unshare = unsafeBitCast(unshareSymbol, to: UnshareFunction.self)
        mount = unsafeBitCast(mountSymbol, to: MountFunction.self)
        self.path = path
        // CLONE_NEWNS; then MS_REC | MS_PRIVATE, so that nobody else sees the mount.
        guard unshare(0x2_0000) == 0, mount("none", "/", nil, 0x4000 | 0x4_0000, nil) == 0,
            mount("tmpfs", path, "tmpfs", 0, options) == 0
        else {
            FileHandle.standardError.write(
                Data("no file system was mounted: \(String(cString: strerror(errno)))\n".utf8))
            return nil
        }
    }

    /// Makes it one that can only be read, or one that can be written.
    func remount(readOnly: Bool) -> Bool {
        // MS_REMOUNT, and MS_RDONLY.
        mount("tmpfs", path, "tmpfs", 0x20 | (readOnly ? 1 : 0), nil) == 0
    }

    private var ballast: String { path + "/ballast" }

    /// Fills it but for some bytes; takes what filled it away before.
    func fill(leaving free: Int) throws {
        unlink(ballast)
        let file = open(ballast, O_WRONLY | O_CREAT, 0o600)
        let page = [UInt8](repeating: 1, count: 4096)
        var count = 0
        while true {
            let written = write(file, page, page.count)
            guard written > 0 else { break }
            count += written
        }
        ftruncate(file, max(0, count - free))
        close(file)
    }

    /// Uses up the files that it can hold but for some of them.
    func fillFiles(leaving free: Int) throws {
        try empty()
        mkdir(path + "/files", 0o755)
        var count = 0
        while true {
            let file = open("\(path)/files/\(count)", O_WRONLY | O_CREAT, 0o600)
            guard file >= 0 else { break }
            close(file)
            count += 1
        }
        for number in max(0, count - free)..<max(0, count) { unlink("\(path)/files/\(number)") }
    }

    /// Takes away what filled it.
    func empty() throws {
        unlink(ballast)
        try? FileManager.default.removeItem(atPath: path + "/files")
    }
}
