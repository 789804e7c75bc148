import CZlib

/// Compresses one piece after another with zlib at its quickest, without setting it up anew.
final class Deflater {
    private var stream = z_stream()

    /// Throws where there is no memory.
    init() throws(GitError) {
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit_(&stream, Z_BEST_SPEED, ZLIB_VERSION, size) == Z_OK else {
            throw GitError(.other, "there is no memory to compress objects")
        }
    }

    deinit { deflateEnd(&stream) }

    /// Appends the compressed `bytes` to `output`, as a zlib stream of its own.
    func deflate(_ bytes: [UInt8], into output: inout [UInt8]) throws(GitError) {
        guard deflateReset(&stream) == Z_OK else {
            throw GitError(.other, "zlib cannot begin anew")
        }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        var status = Z_OK
        let room = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
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
