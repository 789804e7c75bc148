import Reports

/// Receives the events of a rollout; called from several threads at once.
package struct RolloutListener: Sendable {
    private let body: @Sendable (RolloutEvent) -> Void

    package init(_ body: @escaping @Sendable (RolloutEvent) -> Void) {
        self.body = body
    }

    package static let silent = RolloutListener { _ in }

    package func note(_ event: RolloutEvent) { body(event) }
}
