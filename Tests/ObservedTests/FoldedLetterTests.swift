import Schema
import TestSupport
import Testing

/// The letters that servers put into lower case, asked of the servers themselves.
@Suite("Plumb folds the letters that the servers fold")
struct FoldedLetterTests {
    @Test("every character that a name can have", arguments: TestServer.available)
    func everyLetter(kind: TestServer.Kind) throws {
        let connection = try TestServer.shared(kind).connect()
        let scalars = (0x41...0xFFFF).compactMap { Unicode.Scalar(UInt32($0)) }
        var wrong: [String] = []
        for start in stride(from: 0, to: scalars.count, by: 8192) {
            let part = scalars[start..<min(start + 8192, scalars.count)]
            let lines = part.map(String.init).joined(separator: "\n")
            let rows = try connection.query(
                "SELECT LOWER(CONVERT(\(SQL.literal(lines)) USING utf8mb3) "
                    + "COLLATE utf8mb3_general_ci)")
            let answer = rows.first?[0] ?? ""
            let folded = answer.unicodeScalars.split(separator: "\n")
            #expect(folded.count == part.count)
            for (scalar, letter) in zip(part, folded)
            where NameFolding.lowered(String(scalar)).unicodeScalars.first != letter.first {
                wrong.append(String(scalar.value, radix: 16))
            }
        }
        #expect(wrong.isEmpty)
    }
}
