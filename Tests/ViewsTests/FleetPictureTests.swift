import Reports
import Schema
import Testing

@testable import Views

@Suite struct FleetPictureTests {
    private func picture(
        _ count: Int, _ notes: (FleetReport.State, ShardID)...
    ) -> [String] {
        var picture = FleetPicture(shardCount: count)
        for (state, shard) in notes { picture.note(state, of: shard) }
        return picture.html
    }

    private func shard(_ name: String, _ namespace: String = "app") -> ShardID {
        ShardID(namespace: namespace, shard: name)
    }

    @Test func eachStateIsAPathWithItsShards() {
        let lines = picture(3, (.drifted, shard("s0")), (.pending, shard("s1")))
        #expect(
            lines == [
                "<div class=\"fleet\">",
                "<h3>app <small>2 shards</small></h3>",
                "<svg width=\"48\" viewBox=\"0 0 48 24\" role=\"img\" aria-label=\"app\">",
                "<path class=\"drifted\" d=\"M11 1L21 21L1 21Z\"><title>drifted: s0</title></path>",
                "<path class=\"pending\" d=\"M31 1L39 1L45 7L45 15L39 21L31 21L25 15L25 7Z"
                    + "M32 8L38 8L38 14L32 14Z\"><title>pending: s1</title></path>",
                "</svg>",
                "<h3>every other shard <small>1 shard</small></h3>",
                "<svg width=\"24\" viewBox=\"0 0 24 24\" role=\"img\" "
                    + "aria-label=\"every other shard\">",
                "<path class=\"inSync\" d=\"M3.4 3.4L18.6 3.4L18.6 18.6L3.4 18.6Z\">"
                    + "<title>in sync</title></path>",
                "</svg>",
                "<ul class=\"legend\">",
                "<li><svg width=\"12\" height=\"12\" class=\"drifted\" aria-hidden=\"true\">"
                    + "<path d=\"M6 0L12 12L0 12Z\"/></svg>1 drifted</li>",
                "<li><svg width=\"12\" height=\"12\" class=\"pending\" aria-hidden=\"true\">"
                    + "<path d=\"M3.6 0L8.4 0L12 3.6L12 8.4L8.4 12L3.6 12L0 8.4L0 3.6Z"
                    + "M4.2 4.2L7.8 4.2L7.8 7.8L4.2 7.8Z\"/></svg>1 pending</li>",
                "<li><svg width=\"12\" height=\"12\" class=\"inSync\" aria-hidden=\"true\">"
                    + "<path d=\"M1.4 1.4L10.6 1.4L10.6 10.6L1.4 10.6Z\"/></svg>1 in sync</li>",
                "</ul>", "</div>",
            ])
    }

    @Test func aShardHasItsWorstState() {
        for notes in [[FleetReport.State.pending, .drifted], [.drifted, .pending]] {
            let text = picture(1, (notes[0], shard("s0")), (notes[1], shard("s0"))).joined()
            #expect(text.contains("drifted: s0") && !text.contains("pending"), "\(notes)")
        }
    }

    @Test func noShardsHaveNoPicture() { #expect(picture(0) == []) }

    @Test func namesAreText() {
        let text = picture(1, (.drifted, shard("<b>", "\"><script>"))).joined()
        #expect(!text.contains("<b>") && !text.contains("<script>"))
        #expect(text.contains("aria-label=\"&quot;&gt;&lt;script&gt;\""))
        #expect(text.contains("drifted: &lt;b&gt;"))
    }

    @Test func tenThousandShardsAreAFewElements() {
        let lines = picture(10_000)
        #expect(lines.count == 9 && lines.joined().utf8.count < 600_000)
    }

    @Test func everyStateHasAShapeOfItsOwn() {
        let shapes = FleetReport.State.allCases.map { state in
            picture(1, (state, shard("s0"))).first { $0.hasPrefix("<path") }?
                .firstMatch(of: /d="([^"]*)"/)?.1
        }
        #expect(Set(shapes).count == FleetReport.State.allCases.count && !shapes.contains(nil))
    }
}
