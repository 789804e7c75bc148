import Testing

@testable import Desired

@Suite("What is over stays in the ledger for as long as an approval counts, at least")
struct RetentionSettingTests {
    private static let day: Int64 = 86_400

    @Test(
        arguments: [
            ("{retention: 29d}", 30 * day, "is 29d, and an approval counts for up to 30d"),
            (
                "{retention: 1d12h}", 2 * day + 61,
                "is 1d12h, and an approval counts for up to 2d1m1s"
            ),
            ("{retention: 30d}", 30 * day, nil), ("{retention: 400d}", 30 * day, nil),
            ("{retention: 1d}", 60, nil), ("{}", 30 * day, nil), ("file:x", 30 * day, nil),
        ] as [(String, Int64, String?)])
    func shorter(text: String, lifetime: Int64, told: String?) throws {
        let fleet = try fleet(fleetText(tail: "ledger: \(text)"))
        guard let told else {
            try fleet.requireRetention(lifetimeSeconds: lifetime)
            return
        }
        let error = #expect(throws: DesiredError.self) {
            try fleet.requireRetention(lifetimeSeconds: lifetime)
        }
        let message = "\(try #require(error))"
        #expect(message.contains("plumb.yaml:12:21: error: `retention` \(told)"), "\(message)")
    }
}
