/// Reads the `.sql` files of a schema repository without a server.
///
/// Statements are split as the command-line client does, with `DELIMITER` lines; stored routines
/// may also stand without them. `CREATE TABLE` is read for names, types and their places; the rest
/// of it is left to the server.
package enum SQLScript {
    /// The statements of a file, in order.
    ///
    /// Throws at the first text that no supported server accepts: a string, name, comment or
    /// parenthesis without an end, an unknown type, a column defined twice, bytes that are not
    /// UTF-8, a file without statements, a hint that is about nothing.
    ///
    /// - Parameter quoting: which SQL modes decide where strings and quoted names end.
    package static func statements(
        in bytes: [UInt8], file: String, quoting: Dialect.Quoting = .usual
    ) throws(SchemaError) -> [SourceStatement] {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(SchemaError) in
                try statements(in: buffer, file: file, quoting: quoting)
            }
        }
        return try result.mapError { $0.inFile(file) }.get()
    }

    private static func statements(
        in bytes: UnsafeBufferPointer<UInt8>, file: String, quoting: Dialect.Quoting
    ) throws(SchemaError) -> [SourceStatement] {
        try requireUTF8(bytes)
        let source = SourceText(bytes: bytes, file: file)
        var splitter = StatementSplitter(bytes, quoting: quoting)
        var statements: [SourceStatement] = []
        while let piece = try splitter.next() {
            statements.append(try StatementReader.statement(of: piece, in: source))
        }
        try RenameHintComments.requireNone(in: splitter.trailingComments, of: source)
        guard !statements.isEmpty else {
            throw SchemaError(
                .emptyFile, "there is no statement in this file",
                remedy: "write a CREATE TABLE or remove the file", in: bytes, at: 0..<1)
        }
        return statements
    }

    static func requireUTF8(_ bytes: UnsafeBufferPointer<UInt8>) throws(SchemaError) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.utf8.elementsEqual(bytes) else { return }
        let offset = zip(text.utf8, bytes).prefix { $0 == $1 }.count
        throw SchemaError(
            .syntax, "this text is not UTF-8", remedy: "save the file as UTF-8", in: bytes,
            at: offset..<offset + 1)
    }
}
