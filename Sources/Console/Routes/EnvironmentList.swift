import Model
import Schema
import Views

/// The environments that a daemon serves, as a document.
enum EnvironmentList {
    static func json(_ rows: [[String: String]]) -> String {
        JSONView.table(
            kind: "environments", rows: rows, summary: Count.of(rows.count, "environment"),
            exit: .done)
    }
}
