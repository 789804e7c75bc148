import Foundation

/// What tells whether a file was replaced or written to, or names in a folder came or went.
struct FileStamp: Equatable {
    private var seconds = 0
    private var nanoseconds = 0
    private var inode: UInt64 = 0
    private var bytes = 0

    /// All zero where there is nothing.
    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        inode = UInt64(status.st_ino)
        bytes = Int(status.st_size)
    }
}
