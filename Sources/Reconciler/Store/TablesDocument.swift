import Ledger
import Schema

/// The document with the digests of a shard's tables: canonical JSON.
///
/// Nothing is written and read more often, and a general coder takes most of the time of a
/// transition for it. So documents of plain names are coded here, and all others by
/// ``CanonicalJSON``; the bytes are the same.
enum TablesDocument {
    static func bytes(of tables: [String: Digest]) throws(LedgerError) -> [UInt8] {
        if let bytes = plain(tables) { return bytes }
        return try CanonicalJSON.encode(tables)
    }

    /// Throws `damaged`, with `path`, where the bytes are no such document.
    static func tables(
        in bytes: [UInt8], at path: LedgerPath
    ) throws(LedgerError) -> [String: Digest] {
        if let tables = plain(bytes) { return tables }
        return try CanonicalJSON.decode([String: Digest].self, from: bytes, at: path)
    }

    /// The bytes of tables whose names need no escaping; nil where one does.
    private static func plain(_ tables: [String: Digest]) -> [UInt8]? {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        bytes.reserveCapacity(2 + tables.count * 96)
        for (name, digest) in tables.sorted(by: { $0.key < $1.key }) {
            guard name.utf8.allSatisfy(isPlain) else { return nil }
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            bytes += name.utf8
            bytes += "\":\"".utf8
            bytes += digest.hex.utf8
            bytes.append(UInt8(ascii: "\""))
        }
        return bytes + "}\n".utf8
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The tables in bytes as ``plain(_:)`` writes them; nil for any others.
    private static func plain(_ bytes: [UInt8]) -> [String: Digest]? {
        bytes.withUnsafeBufferPointer { bytes in
            var reader = Reader(bytes: bytes)
            return reader.tables()
        }
    }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        private var place = 0

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func tables() -> [String: Digest]? {
            var tables: [String: Digest] = [:]
            guard take("{") else { return nil }
            repeat {
                guard let name = text(), take(":"), let hex = text(),
                    let digest = Digest(hexadecimal: hex)
                else { return nil }
                let key = String(decoding: name, as: UTF8.self)
                guard tables.updateValue(digest, forKey: key) == nil else { return nil }
            } while take(",")
            guard take("}"), take("\n"), place == bytes.count else { return nil }
            return tables
        }

        /// What stands between two quotes and needs no escaping.
        private mutating func text() -> UnsafeBufferPointer<UInt8>? {
            guard take("\"") else { return nil }
            let start = place
            while place < bytes.count, isPlain(bytes[place]) { place += 1 }
            let end = place
            guard take("\"") else { return nil }
            return UnsafeBufferPointer(rebasing: bytes[start..<end])
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
            place += 1
            return true
        }
    }
}
