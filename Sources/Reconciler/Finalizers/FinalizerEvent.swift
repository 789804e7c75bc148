import Ledger
import Model

/// The events of a finalizer in the audit trail.
enum FinalizerEvent {
    static func started(_ record: FinalizerRecord, of rollout: String) -> LedgerEvent {
        LedgerEvent(
            "finalizer-started", subject: "Start the finalizer of \(record.namespace)",
            key: key(record, rollout))
    }

    /// That it came to the state in which the record says that it is.
    static func ended(_ record: FinalizerRecord, of rollout: String) -> LedgerEvent {
        let word = record.state.rawValue.split(separator: "_").joined(separator: "-")
        return LedgerEvent(
            "finalizer-\(word)", subject: "Finalizer of \(record.namespace): \(word)",
            key: key(record, rollout), reason: record.message)
    }

    /// That somebody wants it to run again.
    static func retried(
        _ record: FinalizerRecord, of rollout: String, reason: String
    ) -> LedgerEvent {
        LedgerEvent(
            "finalizer-retried", subject: "Run the finalizer of \(record.namespace) again",
            key: key(record, rollout), reason: reason)
    }

    private static func key(_ record: FinalizerRecord, _ rollout: String) -> String {
        "\(rollout)/\(record.namespace)"
    }
}
