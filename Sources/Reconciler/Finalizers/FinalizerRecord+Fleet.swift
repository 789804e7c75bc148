import Desired
import Model

extension FinalizerRecord {
    /// The finalizer of a namespace before its first attempt.
    init(_ finalizer: Finalizer, of namespace: String) {
        let command: [String] =
            switch finalizer.work {
            case .program(let command): command
            case .call: []
            }
        self.init(
            namespace: namespace, command: command, isIdempotent: finalizer.isIdempotent,
            limitSeconds: finalizer.limitSeconds)
        if case .call(let call, let host) = finalizer.work {
            self.call = Call(sql: call.sql, on: host.value.description)
        }
    }
}
