import Desired
import Diff
import Reports
import Schema

/// By which engine a step runs, and why, for the reviewer of a plan. A pure function.
package struct EngineChoice: Hashable, Sendable {
    package let engine: EngineName
    /// A sentence without its end; nil where nothing else came into question.
    package let reason: String?

    /// - Parameters:
    ///   - obstacle: why the table cannot be copied online; nil where it can. Asked only where it
    ///     would be copied.
    init(_ step: PlanStep, _ policy: OnlinePolicy, obstacle: () -> String?) {
        guard step.kind == .alter, step.object.kind == .table else {
            self = .direct(nil)
            return
        }
        let need: String
        switch Self.work(of: step) {
        case .none:
            self = .direct(nil)
            return
        case .inPlace:
            guard !policy.allowsInPlace(step.size) else {
                self = .direct("the server rebuilds it in place, and its writers go on")
                return
            }
            need =
                "the server would rebuild it in place, and each replica would fall behind by "
                + "as long"
        case .blocking:
            need = "its writers would wait for as long as the server takes"
        }
        if let size = step.size, size.bytes <= policy.belowBytes {
            self = .direct("the table is small, and its writers wait for a moment only")
            return
        }
        if let obstacle = obstacle() {
            self = .direct("it is not copied online: \(obstacle)")
            return
        }
        self = EngineChoice(engine: .copy, reason: need)
    }

    package init(engine: EngineName, reason: String?) {
        self.engine = engine
        self.reason = reason
    }

    private static func direct(_ reason: String?) -> EngineChoice {
        EngineChoice(engine: .direct, reason: reason)
    }

    /// What the server has to do with the rows.
    private enum Work {
        case none, inPlace, blocking
    }

    private static func work(of step: PlanStep) -> Work {
        if step.blocksWrites || step.algorithm == .copy { return .blocking }
        switch step.algorithm {
        case .instant?, nil: return step.rebuildsTable ? .blocking : .none
        case .nocopy?, .inplace?: return .inPlace
        case .copy?: return .blocking
        }
    }
}

extension OnlinePolicy {
    /// Whether a table of this size may be rebuilt in place; one whose size is not known may be
    /// large.
    fileprivate func allowsInPlace(_ size: TableSize?) -> Bool {
        switch inPlace {
        case .allow: true
        case .small: size.map { $0.bytes <= smallBytes } ?? false
        case .never: false
        }
    }
}
