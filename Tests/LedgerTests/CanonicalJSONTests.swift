import Basics
import Foundation
import TestSupport
import Testing

@testable import Ledger

@Suite("A value has one JSON text")
struct CanonicalJSONTests {
    private struct Shard: Codable, Equatable {
        var tables: [String: Int]
        var note: String?
        var since: Date
        var server: Server

        struct Server: Codable, Equatable { var host: String }
    }

    private let shard = Shard(
        tables: ["b": 1, "a/b": 2, "ä": 3], note: nil, since: Date(timeIntervalSince1970: 7.9),
        server: .init(host: "db-0"))
    private let text = """
        {"server":{"host":"db-0"},"since":7,"tables":{"a/b":2,"b":1,"ä":3}}

        """

    @Test func sortsKeysAndEscapesNoSlash() throws {
        #expect(String(decoding: try CanonicalJSON.encode(shard), as: UTF8.self) == text)
    }

    @Test func readsBackWhatItWrote() throws {
        let read = try CanonicalJSON.decode(
            Shard.self, from: Array(text.utf8), at: LedgerPath("fleet"))
        #expect(try CanonicalJSON.encode(read) == Array(text.utf8))
    }

    @Test func refusesWhatJSONCannotHold() {
        #expect(ledgerError { _ = try CanonicalJSON.encode([Double.nan]) }?.code == .invalid)
    }

    @Test(arguments: [
        ("{\"server\":{}}", "server: host is missing"), ("{", "the document: "),
        ("{\"server\":{\"host\":1}}", "server.host: "),
    ])
    func namesThePlaceOfTheDamage(text: String, place: String) {
        struct Document: Codable { var server: Shard.Server }
        let error = ledgerError {
            _ = try CanonicalJSON.decode(
                Document.self, from: Array(text.utf8), at: LedgerPath("fleet", "shop", "0"))
        }
        #expect(error?.code == .damaged)
        #expect(error?.message.hasPrefix("fleet/shop/0: not a Document") == true)
        #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
    }
}
