import Foundation
import TestSupport
import Testing

@testable import HTTP

@Suite struct GzipTests {
    @Test func gzipReadsWhatWasWritten() throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "a shard, and another one; ", count: 50_000)
        let short = try #require(Gzip.compressed(Array(text.utf8)))
        #expect(short.count < text.utf8.count / 50)
        let path = folder.path + "/text.gz"
        try Data(short).write(to: URL(filePath: path))
        #expect(try Shell.check("gzip", ["-dc", path]) == text)
    }

    @Test func whatDoesNotGetShorterStaysAsItIs() {
        #expect(Gzip.compressed([]) == nil)
        #expect(Gzip.compressed((0..<200).map { _ in UInt8.random(in: 0...255) }) == nil)
    }

    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP, deflate", true), ("br", false),
            ("br, gzip;q=0.5", true), ("gzip;q=0", false), ("gzip; q=0.0, *", false), ("*", true),
            ("*;q=0", false), ("identity", false), ("x-gzip", true), ("gzipped", false),
            ("*;q=0, gzip", true), ("gzip;q=much", false),
        ] as [(String?, Bool)])
    func itIsSentToWhomItIsGood(_ header: String?, _ isAccepted: Bool) {
        #expect(Gzip.isAccepted(header) == isAccepted)
    }
}
