import Ledger

/// What a record is to the fleet: what is lost with it, and what brings it back.
package enum RecordMeaning {
    /// Whether the document at a path is made again by the next pass when it is missing.
    package static func isMadeAgain(_ path: LedgerPath) -> Bool {
        switch path.components.first {
        case "normalised", "proofs", "asked", "seen": true
        default: false
        }
    }

    /// What the loss of the document or folder at a path means.
    ///
    /// - Parameter isCurrent: whether the present state is concerned, not only the history.
    package static func loss(of path: LedgerPath, isCurrent: Bool) -> String {
        guard isCurrent else {
            return "it is part of the history only: the fleet is not affected, and the audit trail "
                + "cannot show it"
        }
        switch path.components.first {
        case "normalised", "proofs":
            return "the next pass asks the scratch server again"
        case "asked", "seen":
            return "shards on a server that only workers reach are unknown: the next pass asks for "
                + "them again"
        case "shards", "fleet":
            return "what was recorded of a shard is unknown, and nothing runs there: "
                + "`plumb import --record` records it anew from the live tables"
        case "catalog":
            return "the recorded text of a table is unknown: drift of it cannot be shown, and "
                + "`plumb import --record` records it anew"
        case "plans": return "a plan cannot be shown, approved or taken up: `plumb plan` makes one"
        case "approvals", "awaiting":
            return "a decision does not count: it has to be given again"
        case "rollouts", "open":
            return "a rollout cannot be shown or gone on with: the next one takes what is left"
        case "suspensions":
            return "it is not known what somebody suspended, and nothing starts before the record "
                + "is back"
        case "rollbacks":
            return
                "what somebody took back is unknown, and no pass begins: remove the document, and "
                + "git's state is wanted again"
        case "failures":
            return "an operation that failed is tried again at once, also by the daemon"
        case "told":
            return "it is not known what somebody was told: what is so now is told once more"
        case "pending":
            return "the outcome of a statement is open, and nothing runs on its shard before the "
                + "record is back"
        default: return "no pass can read the environment before it is back"
        }
    }
}
