import CZlib

/// What zlib does for a binary log: checksums, and parts that the server compressed.
enum Zlib {
    /// The CRC-32 that ends an event.
    static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        let whole = bytes.withContiguousStorageIfAvailable { buffer in
            crc32(0, buffer.baseAddress, UInt32(clamping: buffer.count))
        }
        return UInt32(truncatingIfNeeded: whole ?? 0)
    }

    /// The forms in which compressed bytes come.
    enum Form: Int32 {
        /// With a header and a checksum of zlib's own.
        case wrapped = 15
        case raw = -15
    }

    /// Inflates `bytes` to exactly `size` bytes.
    static func inflate(
        _ bytes: [UInt8], to size: Int, _ form: Form = .wrapped
    ) throws(BinlogError) -> [UInt8] {
        // A size that no compression of these bytes reaches would only ask for memory.
        guard size >= 0, size <= largest, size <= bytes.count * mostExpansion + 64 else {
            throw BinlogError(.damaged, "\(bytes.count) compressed bytes cannot become \(size)")
        }
        var stream = z_stream()
        let streamSize = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, form.rawValue, ZLIB_VERSION, streamSize) == Z_OK else {
            throw BinlogError(.damaged, "there is no memory to inflate a compressed part")
        }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: size)
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: output.count)
                return CZlib.inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, stream.avail_out == 0, stream.avail_in == 0 else {
            throw BinlogError(.damaged, "a compressed part does not inflate to \(size) bytes")
        }
        return output
    }

    /// No event is longer than the longest packet that a server takes.
    private static let largest = 1 << 30

    /// How many times as long bytes can become: https://zlib.net/zlib_tech.html
    private static let mostExpansion = 1_032
}
