/// The rule for queries that people write into configuration, which Plumb sends as they are: one
/// `SELECT` that reads, and nothing that a read-only transaction would not stop.
package enum ReadOnlyQuery {
    /// Functions that wait, take locks of the server, or read its files.
    private static let refusedFunctions: Set<String> = [
        "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "SLEEP", "BENCHMARK", "LOAD_FILE",
        "MASTER_POS_WAIT", "MASTER_GTID_WAIT", "SOURCE_POS_WAIT", "WAIT_FOR_EXECUTED_GTID_SET",
        "SETVAL", "NEXTVAL",
    ]

    /// What is wrong with `sql`, as the end of a sentence; nil where nothing is.
    package static func fault(_ sql: String) -> String? {
        let bytes = Array(sql.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            do throws(SchemaError) {
                return try fault(of: buffer)
            } catch {
                return "cannot be read: \(error.message)"
            }
        }
    }

    private static func fault(
        of buffer: UnsafeBufferPointer<UInt8>
    ) throws(SchemaError) -> String? {
        var reader = try TokenReader(Lexer(buffer))
        guard reader.at("SELECT") else { return "does not begin with SELECT" }
        while reader.token.kind != .end {
            switch reader.token.kind {
            case .versionOpen, .versionClose: return "has a comment that servers run"
            case .symbol where reader.at(symbol: ";"): return "has more than one statement"
            case .word:
                if let fault = fault(ofWord: reader) { return fault }
            default: break
            }
            try reader.advance()
        }
        return nil
    }

    private static func fault(ofWord reader: TokenReader) -> String? {
        if reader.at("INTO") { return "writes what it finds (INTO)" }
        if reader.at("PROCEDURE") { return "calls a procedure" }
        if reader.at("UPDATE") || reader.at("SHARE") || reader.at("LOCK") {
            return "locks the rows that it reads"
        }
        let word = String(decoding: reader.bytes[reader.token.range], as: UTF8.self).uppercased()
        return refusedFunctions.contains(word) ? "calls \(word)" : nil
    }
}
