/// Whom a daemon tells of what happens: a URL, and what it wants to hear.
package struct NotificationTarget: Hashable, Sendable {
    /// What somebody can be told.
    package enum Event: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "notificationEvent"
        /// Live tables of shards are not as Plumb left them, and are again.
        case driftFound = "drift-found"
        case driftGone = "drift-gone"
        /// Shards cannot be read, and can be again.
        case shardUnknown = "shard-unknown"
        case shardKnown = "shard-known"
        /// Steps wait for an approval.
        case approvalWaiting = "approval-waiting"
        /// A rollout has ended, and no operation of it failed.
        case rolloutDone = "rollout-done"
        /// A rollout has ended, and an operation of it failed.
        case rolloutFailed = "rollout-failed"
        /// A rollout goes on only once somebody releases it.
        case rolloutPaused = "rollout-paused"
    }

    /// In which form it is told.
    package enum Template: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "notificationTemplate"
        case json
        /// A text as the incoming webhooks of Slack, Mattermost and others take it.
        case slack
    }

    /// Where a text is that may be a secret.
    package enum Place: Hashable, Sendable {
        /// In the operator's file itself.
        case written(String)
        /// The name of an environment variable.
        case environment(String)
        /// The first line of the file with this absolute path.
        case file(String)
    }

    /// What it is called in logs and in the ledger.
    package let name: String
    package let url: Place
    /// What signs the messages; nil for unsigned ones. It is never ``Place/written(_:)``.
    package let secret: Place?
    package let events: Set<Event>
    /// Of which environments it hears; nil for all.
    package let environments: Set<String>?
    package let template: Template
    /// The absolute path of the authorities that may vouch for it, instead of the system's.
    package let authorityFile: String?

    package init(
        name: String, url: Place, secret: Place? = nil, events: Set<Event> = Set(Event.allCases),
        environments: Set<String>? = nil, template: Template = .json, authorityFile: String? = nil
    ) {
        self.name = name
        self.url = url
        self.secret = secret
        self.events = events
        self.environments = environments
        self.template = template
        self.authorityFile = authorityFile
    }
}
