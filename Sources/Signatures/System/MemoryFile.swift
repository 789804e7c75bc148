import CLinux
import Foundation

/// A file in memory, without a name.
final class MemoryFile {
    let descriptor: Int32

    /// A file with these bytes, positioned at its start.
    init(holding bytes: [UInt8]) throws(SignatureError) {
        descriptor = memfd_create("plumb", plumb_close_on_exec)
        guard descriptor >= 0 else {
            throw SignatureError(
                .program, "cannot make a file in memory: \(String(cString: strerror(errno)))")
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw SignatureError(
                    .program, "cannot make a file in memory: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    /// How many bytes it has.
    var size: Int {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// All bytes that were written to it.
    func contents() throws(SignatureError) -> [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        return try TrustedFile.contents(descriptor, "the output of a program")
    }
}
