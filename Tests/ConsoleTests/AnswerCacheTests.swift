import Execution
import Foundation
import TestSupport
import Testing

@testable import Console
import HTTP

@Suite struct AnswerCacheTests {
    private let time = Lock(0.0)
    private let cache: AnswerCache
    private let renderings = Lock(0)

    init() { cache = AnswerCache(clock: { [time] in time.withLock { $0 } }) }

    private struct Broken: Error {}

    private static func key(
        head: String = "a", generation: Int = 1, asked: [String] = ["status"],
        format: String = "json", environment: String = "production"
    ) -> AnswerCache.Key {
        AnswerCache.Key(
            environment: environment, head: head, generation: generation, endpoint: "status",
            asked: asked, format: format)
    }

    private func ask(_ key: AnswerCache.Key = key(), bytes: Int = 10) -> RenderedAnswer {
        cache.answer(key) {
            renderings.withLock { $0 += 1 }
            return RenderedAnswer(HTTPResponse(200, String(repeating: "x", count: bytes)))
        }
    }

    private var count: Int { renderings.withLock { $0 } }

    @Test func theSameIsRenderedOnceInASecond() {
        let first = ask()
        time.withLock { $0 = 0.99 }
        #expect(ask() === first && count == 1)
        time.withLock { $0 = 1 }
        #expect(ask() !== first && count == 2)
    }

    @Test func whatAnAnswerDependsOnMakesItAnotherOne() {
        let keys = [
            Self.key(), Self.key(head: "b"), Self.key(generation: 2), Self.key(asked: ["plan"]),
            Self.key(format: "text"), Self.key(environment: "staging"),
        ]
        for key in keys { _ = ask(key) }
        #expect(count == keys.count)
        for key in keys { _ = ask(key) }
        #expect(count == keys.count)
    }

    @Test func thoseWhoAskMeanwhileWaitForTheOneRendering() {
        let entered = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        for _ in 0..<4 {
            done.enter()
            Thread.detachNewThread { [cache, renderings] in
                _ = cache.answer(Self.key()) {
                    renderings.withLock { $0 += 1 }
                    entered.signal()
                    goOn.wait()
                    return RenderedAnswer(HTTPResponse(200, "x"))
                }
                done.leave()
            }
        }
        entered.wait()
        // Another question is answered beside it.
        #expect(ask(Self.key(asked: ["plan"])).byteCount == 10)
        goOn.signal()
        done.wait()
        #expect(count == 2)
    }

    @Test func nothingIsKeptOfWhatCouldNotBeRendered() {
        #expect(throws: Broken.self) { try cache.answer(Self.key()) { throw Broken() } }
        _ = ask()
        #expect(count == 1)
    }

    @Test("attack: who asks for ever new answers fills no memory") func memoryIsBounded() {
        let half = AnswerCache.byteLimit / 2
        for number in 0..<8 { _ = ask(Self.key(asked: ["\(number)"]), bytes: half) }
        #expect(cache.byteCount <= AnswerCache.byteLimit)
        _ = ask(Self.key(asked: ["large"]), bytes: AnswerCache.byteLimit + 1)
        #expect(cache.byteCount <= AnswerCache.byteLimit)
        #expect(count == 9)
    }
}

@Suite struct RenderedAnswerTests {
    private static let long = String(repeating: "a shard; ", count: 1_000)

    private func response(
        _ text: String = long, _ headers: [String: String] = [:]
    ) -> (status: Int, bytes: [UInt8], headers: [String: String]) {
        let response = RenderedAnswer(HTTPResponse(200, text))
            .response(to: HTTPRequest(method: "GET", path: [], headers: headers))
        guard case .bytes(let bytes) = response.body else { return (0, [], [:]) }
        return (
            response.status, bytes, Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 }
        )
    }

    @Test func itGoesInGzipToWhoTakesThat() {
        let plain = response()
        #expect(plain.bytes == Array(Self.long.utf8) && plain.headers["Content-Encoding"] == nil)
        let short = response(Self.long, ["accept-encoding": "gzip"])
        #expect(short.headers["Content-Encoding"] == "gzip" && short.bytes.count < 500)
        #expect(short.headers["ETag"] == plain.headers["ETag"])
        #expect(response("x", ["accept-encoding": "gzip"]).headers["Content-Encoding"] == nil)
        #expect(plain.headers["Vary"] == "Accept, Accept-Encoding")
    }

    @Test func whoHasItGetsItNotAgain() throws {
        let tag = try #require(response().headers["ETag"])
        for known in [tag, "\"x\", \(tag)"] {
            let again = response(Self.long, ["if-none-match": known])
            #expect(again.status == 304 && again.bytes.isEmpty && again.headers["ETag"] == tag)
        }
        #expect(response(Self.long + "!", ["if-none-match": tag]).status == 200)
        #expect(response(Self.long, ["if-none-match": "\"x\""]).status == 200)
    }
}
