import Foundation

/// How many bytes a folder takes, as `du` counts them.
struct DiskUse {
    /// The lengths of the files.
    var apparent = 0
    /// The blocks that the file system gives to the files.
    var onDisk = 0

    static func of(_ folder: String) throws -> DiskUse {
        guard let names = FileManager.default.enumerator(atPath: folder) else {
            throw BenchError("\(folder): cannot be listed")
        }
        var use = DiskUse()
        for case let name as String in names {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFREG else { continue }
            use.apparent += Int(status.st_size)
            use.onDisk += Int(status.st_blocks) * 512
        }
        return use
    }
}
