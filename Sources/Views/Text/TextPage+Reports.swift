import Diff
import Model
import Schema

extension TextPage {
    /// Unknown shards, unsupported tables and notices.
    mutating func add(_ open: OpenFacts) {
        if !open.items.isEmpty { blank() }
        for item in open.items {
            prose(
                "\(item.subject): \(item.state) · \(item.reason)", .warning, hanging: 4)
        }
        if !open.notices.isEmpty { blank() }
        for notice in open.notices {
            prose("note (\(notice.code)): \(notice.message)", hanging: 4)
        }
    }

    mutating func addStale(_ stale: String?) {
        if let stale { prose("stale: \(stale)", .warning, hanging: 4) }
    }

    /// The last line of every view.
    mutating func end(_ headline: String, _ status: ExitStatus) {
        blank()
        let role = Self.role(of: status)
        let end = Span("exit \(status.rawValue)", role)
        let gap = max(2, width - Self.columns([Span(headline), end]))
        line(Span(headline, role), Span(String(repeating: " ", count: gap)), end)
    }

    static func role(of status: ExitStatus) -> Style.Role {
        switch status {
        case .done: .good
        case .difference, .blocked: .warning
        case .error, .partial, .refused, .incomplete, .usage, .configuration: .bad
        }
    }

    static func role(of hazard: Hazard) -> Style.Role {
        switch hazard {
        case .safe: .good
        case .costly: .plain
        case .lossy: .warning
        case .irreversible: .bad
        }
    }

    static func role(ofLine text: String) -> Style.Role {
        switch text.first {
        case "+": .good
        case "-": .bad
        case "~": .warning
        default: .plain
        }
    }

    /// The place in the form that terminals and editors open: `schema/orders.sql:9`.
    static func place(_ location: SourceLocation?) -> [Span] {
        location.map { [Span("\($0.file):\($0.line)", .faint)] } ?? []
    }
}
