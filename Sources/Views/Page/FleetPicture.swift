import Reports
import Schema

/// The fleet as a picture: a cell for each shard, with a shape for each state, so that nobody has
/// to tell colours apart. The console draws the same shapes (`states.js`).
struct FleetPicture {
    /// Shards by their namespaces, each with its worst state.
    private var states: [ShardID: FleetReport.State] = [:]
    private let shardCount: Int

    /// - Parameter shardCount: how many shards there are; those that nothing is noted of are in
    ///   sync.
    init(shardCount: Int) { self.shardCount = shardCount }

    /// Takes in that something is to be said of a shard.
    mutating func note(_ state: FleetReport.State, of shard: ShardID) {
        let order = FleetReport.State.allCases
        let known = states[shard].flatMap(order.firstIndex) ?? order.endIndex
        if let place = order.firstIndex(of: state), place < known { states[shard] = state }
    }

    /// The picture with its legend; nothing where there is no shard.
    var html: [String] {
        guard shardCount > 0 else { return [] }
        let pitch = shardCount <= 60 ? 24 : shardCount <= 1_000 ? 16 : 11
        let namespaces = Dictionary(grouping: states.keys, by: \.namespace)
        var groups = namespaces.sorted { $0.key < $1.key }.map { namespace, shards in
            Group(
                name: namespace,
                cells: shards.sorted().map { ($0.shard, states[$0] ?? .inSync) })
        }
        let rest = shardCount - states.count
        if rest > 0 {
            groups.append(
                Group(
                    name: groups.isEmpty ? "every shard" : "every other shard",
                    cells: Array(repeating: ("", .inSync), count: rest)))
        }
        return ["<div class=\"fleet\">"] + groups.flatMap { $0.html(pitch: pitch) }
            + legend(rest: rest) + ["</div>"]
    }

    private func legend(rest: Int) -> [String] {
        var counts = Dictionary(grouping: states.values, by: \.self).mapValues(\.count)
        if rest > 0 { counts[.inSync, default: 0] += rest }
        let items = FleetReport.State.allCases.compactMap { state in
            counts[state].map { count in
                "<li><svg width=\"12\" height=\"12\" class=\"\(state.rawValue)\" "
                    + "aria-hidden=\"true\"><path d=\"\(CellShape.path(state, x: 0, y: 0, 12))\"/>"
                    + "</svg>\(count) \(FleetFacts.words(state))</li>"
            }
        }
        return ["<ul class=\"legend\">"] + items + ["</ul>"]
    }
}

extension FleetPicture {
    /// Shards that are drawn together.
    private struct Group {
        let name: String
        /// The names of shards, empty where nobody knows them.
        let cells: [(shard: String, state: FleetReport.State)]

        private static let columnsWidth = 880

        func html(pitch: Int) -> [String] {
            let columns = Self.columnsWidth / pitch
            let size = pitch - (pitch > 12 ? 4 : 2)
            var paths: [FleetReport.State: String] = [:]
            var shards: [FleetReport.State: [String]] = [:]
            for (place, cell) in cells.enumerated() {
                let (x, y) = (place % columns * pitch + 1, place / columns * pitch + 1)
                paths[cell.state, default: ""] += CellShape.path(cell.state, x: x, y: y, size)
                if !cell.shard.isEmpty { shards[cell.state, default: []].append(cell.shard) }
            }
            let width = min(cells.count, columns) * pitch
            let height = (cells.count + columns - 1) / columns * pitch
            let drawn = FleetReport.State.allCases.compactMap { state in
                paths[state].map { path in
                    let names = shards[state].map { ": " + ShardNames.compact($0) } ?? ""
                    return "<path class=\"\(state.rawValue)\" d=\"\(path)\"><title>"
                        + HTML.text(FleetFacts.words(state) + names) + "</title></path>"
                }
            }
            return [
                "<h3>\(HTML.text(name)) <small>\(Count.of(cells.count, "shard"))</small></h3>",
                "<svg width=\"\(width)\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
                    + "aria-label=\"\(HTML.text(name))\">",
            ] + drawn + ["</svg>"]
        }
    }
}

/// The outlines of cells in SVG.
private enum CellShape {
    /// - Parameters:
    ///   - x, y: the upper left corner.
    ///   - size: the width and the height.
    static func path(_ state: FleetReport.State, x: Int, y: Int, _ size: Int) -> String {
        switch state {
        case .unknown:
            shape(
                [
                    (0, 20), (20, 0), (50, 30), (80, 0), (100, 20), (70, 50), (100, 80), (80, 100),
                    (50, 70), (20, 100), (0, 80), (30, 50),
                ], x, y, size)
        case .setAside: box(0, 0, 100, 100, x, y, size) + box(30, 30, 70, 70, x, y, size)
        case .conflict: shape([(50, 0), (100, 50), (50, 100), (0, 50)], x, y, size)
        case .drifted: shape([(50, 0), (100, 100), (0, 100)], x, y, size)
        case .suspended: box(10, 0, 40, 100, x, y, size) + box(60, 0, 90, 100, x, y, size)
        case .changing: shape([(10, 0), (100, 50), (10, 100)], x, y, size)
        case .pending:
            shape(
                [
                    (30, 0), (70, 0), (100, 30), (100, 70), (70, 100), (30, 100), (0, 70), (0, 30),
                ], x, y, size) + box(35, 35, 65, 65, x, y, size)
        case .retired: box(0, 35, 100, 65, x, y, size)
        case .unmanaged:
            box(35, 0, 65, 100, x, y, size) + box(0, 35, 35, 65, x, y, size)
                + box(65, 35, 100, 65, x, y, size)
        case .inSync: box(12, 12, 88, 88, x, y, size)
        }
    }

    private static func box(
        _ left: Int, _ top: Int, _ right: Int, _ bottom: Int, _ x: Int, _ y: Int, _ size: Int
    ) -> String {
        shape([(left, top), (right, top), (right, bottom), (left, bottom)], x, y, size)
    }

    /// - Parameter points: in hundredths of the size.
    private static func shape(
        _ points: [(x: Int, y: Int)], _ x: Int, _ y: Int, _ size: Int
    ) -> String {
        let texts = points.map { point in
            "\(tenths(x * 100 + point.x * size)) \(tenths(y * 100 + point.y * size))"
        }
        return "M" + texts.joined(separator: "L") + "Z"
    }

    /// Hundredths as a number with one digit behind the point.
    private static func tenths(_ hundredths: Int) -> String {
        let tenths = (hundredths + 5) / 10
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
