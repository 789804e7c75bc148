import Basics
import CGit2
import CZlib
import Foundation

/// Checks files of single objects before libgit2 reads them, for damage that it does not survive.
///
/// libgit2 1.5 loops for ever where compressed bytes end too early (`git_zstream_get_output` in
/// `zstream.c` tries again without new input), as a full disk or a power failure leaves them. And
/// it copies what it inflated of a short object into a buffer of the size in the object's header,
/// however small that is (`read_loose_standard` in `odb_loose.c`).
enum LooseObject {
    /// Throws `corrupt` where the object `id` is in a file of its own that does not inflate to
    /// exactly the size in its header; packed objects are left to libgit2.
    static func check(
        _ id: ObjectID, in repository: OpaquePointer, folder: String
    ) throws(GitError) {
        guard let common = git_repository_commondir(repository) else { return }
        let hex = id.hex
        let path = String(cString: common) + "/objects/\(hex.prefix(2))/\(hex.dropFirst(2))"
        guard let file = fopen(path, "re") else { return }
        defer { fclose(file) }
        guard let reason = fault(of: file) else { return }
        throw GitError(.corrupt, "reading object \(id) of \(folder): \(reason)")
    }

    /// What is wrong with the file; nil where nothing is.
    private static func fault(of file: UnsafeMutablePointer<FILE>) -> String? {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit_(&stream, ZLIB_VERSION, size) == Z_OK else {
            return "there is no memory to inflate it"
        }
        defer { inflateEnd(&stream) }
        var input: [UInt8] = Array(repeating: 0, count: 1 << 14)
        var output: [UInt8] = Array(repeating: 0, count: 1 << 14)
        var header: [UInt8] = []
        var inflated = 0
        var status = Z_OK
        while status != Z_STREAM_END {
            let count = fread(&input, 1, input.count, file)
            guard count > 0 else { return "its file ends too early" }
            let part = input.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    inflate(input, count, output, &stream, &header)
                }
            }
            guard let part else { return "its file cannot be inflated" }
            inflated += part.bytes
            status = part.status
        }
        guard stream.avail_in == 0, fgetc(file) == EOF else { return "bytes follow its end" }
        guard let end = header.firstIndex(of: 0),
            let named = String(decoding: header[..<end], as: UTF8.self)
                .split(separator: " ").last.flatMap({ Int($0) })
        else { return "it has no header" }
        let found = inflated - end - 1
        return found == named ? nil : "it has \(found) bytes, and names \(named)"
    }

    /// Inflates up to `count` bytes of `input`; nil where they are no zlib stream.
    ///
    /// - Parameter header: collects the first bytes of the output.
    private static func inflate(
        _ input: UnsafeMutableBufferPointer<UInt8>, _ count: Int,
        _ output: UnsafeMutableBufferPointer<UInt8>, _ stream: inout z_stream,
        _ header: inout [UInt8]
    ) -> (bytes: Int, status: Int32)? {
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(count)
        var bytes = 0
        while true {
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            // Z_BUF_ERROR: the input is used up and more is needed.
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                return nil
            }
            let written = output.count - Int(stream.avail_out)
            if header.count < headerLength {
                header += output[..<min(written, headerLength - header.count)]
            }
            bytes += written
            if status == Z_STREAM_END { return (bytes, status) }
            if stream.avail_out > 0 { return (bytes, Z_OK) }
        }
    }

    /// Enough for `commit 18446744073709551615` and the NUL behind it, the longest header.
    private static let headerLength = 32
}
