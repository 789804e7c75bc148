/// One call of a stored procedure, with values written out: `CALL routing.publish('commerce', 3)`.
///
/// Nothing else is one: no other statement, no query, function or variable among its arguments, and
/// no text that means something else in another SQL mode. What is sent is printed from this.
package struct ProcedureCall: Hashable, Sendable {
    /// An argument as it is printed: a number, a string in single quotes, NULL, TRUE or FALSE.
    package typealias Literal = String

    package let database: String
    package let procedure: String
    package let arguments: [Literal]

    /// Why a text is no such call, as the end of a sentence.
    package struct Fault: Error, Hashable, Sendable {
        package let message: String
    }

    /// Reads a call; throws what is wrong with it.
    package init(_ sql: String) throws(Fault) {
        let bytes = Array(sql.utf8)
        let read = bytes.withUnsafeBufferPointer { buffer -> Result<ProcedureCall, Fault> in
            do throws(SchemaError) {
                var reader = try TokenReader(Lexer(buffer))
                return try Self.read(&reader)
            } catch {
                return .failure(Fault(message: "cannot be read: \(error.message)"))
            }
        }
        self = try read.get()
    }

    private init(database: String, procedure: String, arguments: [Literal]) {
        self.database = database
        self.procedure = procedure
        self.arguments = arguments
    }

    /// The database and the name of the procedure, as an operator's file names it.
    package var name: String { "\(database).\(procedure)" }

    /// The statement as it is sent.
    package var sql: String {
        "CALL \(quoted(database)).\(quoted(procedure))(\(arguments.joined(separator: ", ")))"
    }

    private func quoted(_ name: String) -> String {
        "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``")
            + "`"
    }

    private static func read(
        _ reader: inout TokenReader
    ) throws(SchemaError) -> Result<ProcedureCall, Fault> {
        guard try reader.take("CALL") else {
            return .failure(Fault(message: "is no CALL of a procedure"))
        }
        guard let database = try name(&reader), try reader.take(symbol: "."),
            let procedure = try name(&reader)
        else {
            return .failure(Fault(message: "does not name the procedure with its database"))
        }
        var arguments: [Literal] = []
        if try reader.take(symbol: "("), try !reader.take(symbol: ")") {
            repeat {
                guard let argument = try literal(&reader) else {
                    return .failure(
                        Fault(
                            message: "has an argument that is no number, no string in single "
                                + "quotes without a backslash, NULL, TRUE or FALSE"))
                }
                arguments.append(argument)
            } while try reader.take(symbol: ",")
            try reader.expect(symbol: ")")
        }
        _ = try reader.take(symbol: ";")
        guard reader.token.kind == .end else {
            return .failure(Fault(message: "goes on after the call"))
        }
        return .success(
            ProcedureCall(database: database, procedure: procedure, arguments: arguments))
    }

    private static func name(_ reader: inout TokenReader) throws(SchemaError) -> String? {
        guard reader.token.kind == .word || reader.token.kind == .quotedName else { return nil }
        let name = reader.name(of: reader.token)
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        try reader.advance()
        return name
    }

    private static func literal(_ reader: inout TokenReader) throws(SchemaError) -> Literal? {
        let sign = try reader.take(symbol: "-") ? "-" : ""
        let text = reader.text(reader.token.range)
        switch reader.token.kind {
        case .number where isPlain(text):
            try reader.advance()
            return sign + text
        case .string where sign.isEmpty && text.hasPrefix("'") && !text.utf8.contains(0x5C):
            try reader.advance()
            return text
        case .word where sign.isEmpty && ["NULL", "TRUE", "FALSE"].contains(text.uppercased()):
            try reader.advance()
            return text.uppercased()
        case .word, .number, .string, .quotedName, .symbol, .versionOpen, .versionClose,
            .delimiter, .end:
            return nil
        }
    }

    /// Whether a number is one of decimal digits, with a point or an exponent.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }
    }
}
