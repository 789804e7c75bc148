import CZlib

/// Compresses one piece after another with zlib, without setting it up anew.
final class Deflater {
    private var stream = z_stream()

    /// Throws where there is no memory.
    ///
    /// - Parameter level: from `Z_NO_COMPRESSION`, which needs hardly any memory, to
    ///   `Z_BEST_COMPRESSION`.
    init(level: Int32) throws(GitError) {
        let size = Int32(MemoryLayout<z_stream>.size)
        // What zlib sets up for each piece, and clears, are tables to find repetitions by.
        let status =
            level == Z_NO_COMPRESSION
            ? deflateInit2_(
                &stream, level, Z_DEFLATED, Self.leastWindow, 1, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                size)
            : deflateInit_(&stream, level, ZLIB_VERSION, size)
        guard status == Z_OK else {
            throw GitError(.other, "there is no memory to compress objects")
        }
    }

    /// The smallest window that zlib takes, as a power of two.
    private static let leastWindow: Int32 = 9

    deinit { deflateEnd(&stream) }

    /// Appends the compressed `bytes` to `output`, as a zlib stream of its own.
    func deflate(_ bytes: [UInt8], into output: inout [UInt8]) throws(GitError) {
        guard deflateReset(&stream) == Z_OK else {
            throw GitError(.other, "zlib cannot begin anew")
        }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var status = Z_OK
        let room = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib only reads it; its type is of a time before `const`.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                status = CZlib.deflate(&stream, Z_FINISH)
            }
            count = bound - Int(stream.avail_out)
        }
        guard status == Z_STREAM_END else {
            throw GitError(.other, "zlib did not compress an object (\(status))")
        }
        output += room
    }
}
