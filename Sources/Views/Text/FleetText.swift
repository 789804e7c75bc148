import Reports

/// Every shard of an environment, for a terminal.
package enum FleetText {
    /// One line for each shard, and what it comes to.
    package static func text(_ report: FleetReport, style: Style = .plain) -> String {
        var table = TextTable(
            ["shard", "server", "state", "differs", "why"],
            alignments: [.left, .left, .left, .right])
        for shard in report.shards {
            table.add(
                "\(shard.namespace)/\(shard.name)", shard.server, FleetFacts.words(shard.state),
                shard.differing == 0 ? "" : "\(shard.differing)", shard.reason ?? "")
        }
        return table.text(style: style) + Visible.line(FleetFacts.headline(report)) + "\n"
    }
}
