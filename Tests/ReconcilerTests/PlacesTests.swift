import Execution
import Foundation
import Testing

@Suite("Places under a key")
struct PlacesTests {
    private let time = Lock(0.0)
    /// How often the places have asked for that time.
    private let questions = Lock(0)

    private func places(perKey: Int) -> Places<Int> {
        Places(perKey: perKey, shortSeconds: 1) { [time, questions] in
            questions.withLock { $0 += 1 }
            return time.withLock { $0 }
        }
    }

    private func pass(_ seconds: Double) { time.withLock { $0 += seconds } }

    @Test("no more than the limit at once, each key by itself")
    func limit() {
        let places = Places<Int>(perKey: 2)
        let load = Lock((now: [0, 0], most: [0, 0]))
        let other = places.take(1)
        let done = Workers.map(Array(0..<40), total: 8, perKey: 8, key: { _ in 0 }) { number in
            let place = places.take(0)
            load.withLock { load in
                load.now[0] += 1
                load.most[0] = max(load.most[0], load.now[0])
            }
            // The first one waits for a second, so that the limit is reached for sure.
            while load.withLock({ $0.most[0] < 2 }) { usleep(100) }
            load.withLock { $0.now[0] -= 1 }
            places.giveBack(place)
            return number
        }
        places.giveBack(other)
        #expect(done == Array(0..<40))
        #expect(load.withLock { $0.most[0] } == 2)
    }

    @Test("they are held briefly once one was, and as long as none is held for longer")
    func brief() {
        let places = places(perKey: 2)
        #expect(!places.areHeldBriefly(0))
        let first = places.take(0)
        #expect(!places.areHeldBriefly(0))
        places.giveBack(first)
        #expect(places.areHeldBriefly(0))
        #expect(!places.areHeldBriefly(1))
        let second = places.take(0)
        let third = places.take(0)
        pass(0.9)
        #expect(places.areHeldBriefly(0))
        pass(0.2)
        #expect(!places.areHeldBriefly(0))
        places.giveBack(third)
        #expect(!places.areHeldBriefly(0))
        places.giveBack(second)
        #expect(!places.areHeldBriefly(0))
        places.giveBack(places.take(0))
        #expect(places.areHeldBriefly(0))
    }

    @Test("whoever waited is told whether that was long", arguments: [0.9, 1.1])
    func soon(seconds: Double) {
        let places = places(perKey: 1)
        let asked = DispatchSemaphore(value: 0)
        let held = places.take(0)
        #expect(held.wait == .short)
        let came = Lock<Places<Int>.Wait?>(nil)
        let before = questions.withLock { $0 }
        let thread = Thread { [came] in
            let place = places.take(0)
            came.withLock { $0 = place.wait }
            places.giveBack(place)
            asked.signal()
        }
        thread.start()
        // Its wait begins with the time at which it asked.
        while questions.withLock({ $0 }) == before { usleep(100) }
        pass(seconds)
        places.giveBack(held)
        asked.wait()
        #expect(came.withLock { $0 } == (seconds < 1 ? .short : .long))
    }
}
