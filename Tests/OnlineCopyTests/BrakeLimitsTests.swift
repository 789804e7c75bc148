import OnlineCopy
import Testing

@Suite("A copy waits where a limit is passed, or where it cannot be seen")
struct BrakeLimitsTests {
    typealias Readings = BrakeReadings
    typealias Replica = BrakeReadings.Replica

    private static let limits = BrakeLimits(
        maxLagSeconds: 10, maxThreadsRunning: 60, maxCommitSeconds: 0.5, minFreeBytes: 1_000_000_000
    )

    static let cases: [(BrakeReadings, String?)] = [
        (Readings(), nil),
        (Readings(threadsRunning: .known(60)), nil),
        (Readings(threadsRunning: .known(61)), "61 threads run on the server, and 60 may"),
        (
            Readings(threadsRunning: .unknown("no answer")),
            "it is not known how busy the server is: no answer"
        ),
        (Readings(commitSeconds: 0.5), nil),
        (Readings(commitSeconds: 0.612), "commits take 612 ms, and may take 500 ms"),
        (Readings(freeBytes: 1_000_000_000), nil),
        (
            Readings(freeBytes: 812_345_678),
            "the server's disk has 812 MB left, and must keep 1000 MB"
        ),
        (Readings(replicas: .known([Replica("db2:3306", lagSeconds: .known(10))])), nil),
        (
            Readings(
                replicas: .known([
                    Replica("db2:3306", lagSeconds: .known(0)),
                    Replica("db3:3306", lagSeconds: .known(12.34)),
                ])),
            "replica db3:3306 is 12.3 s behind, and may be 10 s"
        ),
        (
            Readings(replicas: .known([Replica("db2:3306", lagSeconds: .unknown("refused"))])),
            "it is not known how far replica db2:3306 is: refused"
        ),
        (Readings(replicas: .unknown("no grant")), "the replicas are not known: no grant"),
        (
            Readings(ageSeconds: nil),
            "it is not known yet how busy the server and its replicas are"
        ),
        (Readings(ageSeconds: 10), nil),
        (
            Readings(ageSeconds: 11),
            "for 11 s it could not be asked how busy the server and its replicas are"
        ),
    ]

    @Test(arguments: cases) func theReasonIsSaid(readings: BrakeReadings, reason: String?) {
        #expect(Self.limits.reason(readings) == reason)
    }

    @Test(arguments: cases) func whatHasNoLimitIsNotAsked(readings: BrakeReadings, _: String?) {
        let none = BrakeLimits(
            maxLagSeconds: nil, maxThreadsRunning: nil, maxCommitSeconds: nil, minFreeBytes: nil)
        #expect(none.reason(readings) == nil)
    }

    @Test func somebodyCanHaveItWait() {
        let limits = BrakeLimits(held: "sales until noon")
        #expect(limits.reason(Readings()) == "somebody has it wait: sales until noon")
    }

    @Test(arguments: [
        (4_000_000_000, nil as String?), (nil, nil), (2_999_999_999, "has 2999 MB left"),
        (0, "has 0 MB left"),
    ]) func whatACopyNeedsIsComparedWithWhatIsFree(free: Int?, words: String?) {
        let space = CopySpace(
            tableBytes: 2_000_000_000, logBytes: 1_000_000_000, freeBytes: free)
        let refusal = space.refusal(keeping: 0)
        if let words {
            #expect(refusal?.contains(words) == true)
        } else {
            #expect(refusal == nil)
        }
        #expect((space.refusal(keeping: 1_000_000_001) != nil) == (free != nil))
    }
}
