import Foundation

/// Runs `skeema diff` over the same fleet and the same files, for comparison.
struct Skeema {
    let path: String
    let fleet: BenchFleet
    /// The tables that have another text on the branch `changed`.
    var changed = [
        FleetSchema.Definition(name: FleetSchema.changed, sql: FleetSchema.changedSQL())
    ]
    /// Whether its linter runs as well; without it only the comparison is measured.
    var isLinting = false

    /// Writes a folder for each branch.
    func prepare() throws {
        for branch in BenchFleet.Branch.allCases {
            try FileManager.default.createDirectory(
                atPath: folder(branch), withIntermediateDirectories: true)
            try write(options, to: "\(folder(branch))/.skeema")
            for table in fleet.tables + (branch == .changed ? changed : []) {
                try write(table.sql + ";\n", to: "\(folder(branch))/\(table.name).sql")
            }
        }
    }

    /// The seconds of one `skeema diff`; throws where it does not find the same changes as Plumb.
    func run(_ branch: BenchFleet.Branch) throws -> Double {
        let ended = try Program.run(
            path, ["diff", "--skip-my-cnf"] + (isLinting ? [] : ["--skip-lint"]),
            in: folder(branch),
            environment: ["HOME": fleet.folder])
        let alters = ended.output.split(separator: "\n").filter { $0.hasPrefix("ALTER TABLE") }
        let isSame = branch == .same
        let expected = isSame ? 0 : fleet.shards * changed.count
        guard ended.status == (isSame ? 0 : 1), alters.count == expected else {
            throw BenchError(
                "skeema diff ended with \(ended.status) and \(alters.count) changes:\n"
                    + ended.output.suffix(2000))
        }
        return ended.seconds
    }

    private func folder(_ branch: BenchFleet.Branch) -> String {
        "\(fleet.folder)/skeema-\(branch.rawValue)"
    }

    private var options: String {
        """
        schema=/^\(fleet.prefix)/
        default-character-set=utf8mb4
        default-collation=utf8mb4_general_ci

        [production]
        flavor=mariadb:10.11
        host=localhost
        socket=\(fleet.socket)
        user=root

        """
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
