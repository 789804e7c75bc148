import Desired
import Git
import Lint
import Model
import Reports
import Schema
import TestSupport
import Testing

/// The files of one revision.
struct Files {
    var files: [String: String]
    /// More lines of the namespace.
    var namespace = ""
    var shards = "[{name: a, host: db-0, labels: {tier: gold}}]"
    /// The end of `plumb.yaml`.
    var lint = ""

    init(
        _ files: [String: String], namespace: String = "",
        shards: String = "[{name: a, host: db-0, labels: {tier: gold}}]", lint: String = ""
    ) {
        self.files = files
        self.namespace = namespace
        self.shards = shards
        self.lint = lint
    }

    func written() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            version: 1
            namespaces:
              commerce:
                schema: schema
                shards: \(shards)
                \(namespace)
            environments:
              production: {namespaces: [commerce], connection: {user: plumb}}
            \(lint)

            """, to: "plumb.yaml")
        for (name, text) in files {
            try folder.write(text, to: name.contains("/") ? name : "schema/\(name)")
        }
        return folder
    }
}

/// What the rules find in `files`, with `lint` at the end of `plumb.yaml`.
func report(
    _ files: [String: String], lint: String = "", namespace: String = "",
    today: String = "2026-11-21"
) throws -> LintReport {
    let folder = try Files(files, namespace: namespace, lint: lint).written()
    let (fleet, namespaces) = try SchemaRepository.sources(WorkingTree(folder: folder.path))
    return Linter(settings: fleet.lint, today: try #require(CalendarDay(today)))
        .report(namespaces, label: "main@3f2a91c")
}

/// What one rule finds in one file: `line:column message`.
func findings(
    _ rule: LintRule, _ text: String, lint: String = "", others: [String: String] = [:]
) throws -> [String] {
    let settings =
        lint.isEmpty && LintRule.isOff(rule) ? "lint: {rules: {\(rule.rawValue): warning}}" : lint
    return try report(others.merging(["t.sql": text]) { $1 }, lint: settings).findings.filter {
        $0.rule == rule && $0.location.file == "schema/t.sql"
    }.map { "\($0.location.line):\($0.location.column) \($0.message)" }
}

extension LintRule {
    static func isOff(_ rule: LintRule) -> Bool { RuleCatalog.rule(rule).level == .off }
}
