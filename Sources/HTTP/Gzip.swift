import CZlib

/// Bodies in the format of gzip (RFC 1952), for clients that take it.
package enum Gzip {
    /// The bytes in gzip; nil where zlib has no memory, or they would not be fewer.
    ///
    /// Quickly rather than well: what is saved is the way to the client, not the disk.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        // 16 more than the largest window asks for the header and the end of gzip.
        guard
            deflateInit2_(
                &stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                size) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib only reads it; its type is of a time before `const`.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                status = deflate(&stream, Z_FINISH)
            }
            count = bound - Int(stream.avail_out)
        }
        return status == Z_STREAM_END && output.count < bytes.count ? output : nil
    }

    /// Whether a client takes gzip.
    ///
    /// - Parameter header: its `Accept-Encoding` (RFC 9110, 12.5.3); nil where it sent none.
    package static func isAccepted(_ header: String?) -> Bool {
        var any = false
        for part in (header ?? "").lowercased().split(separator: ",") {
            let words = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let name = words.first, ["gzip", "x-gzip", "*"].contains(name) else { continue }
            let weight = words.dropFirst().first { $0.hasPrefix("q=") }
            let isWanted = weight.map { (Double($0.dropFirst(2)) ?? 0) > 0 } ?? true
            guard name == "*" else { return isWanted }
            any = isWanted
        }
        return any
    }
}
