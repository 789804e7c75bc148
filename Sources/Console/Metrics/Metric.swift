/// The metrics by their names, which are an API: what is here is not renamed.
///
/// None has a label for each table or shard: there can be tens of thousands.
enum Metric: String, CaseIterable {
    case build = "plumb_build_info"
    case started = "plumb_start_time_seconds"
    case shards = "plumb_shards"
    case ready = "plumb_environment_ready"
    case standingBy = "plumb_environment_standing_by"
    case passes = "plumb_passes_total"
    case lastPass = "plumb_last_pass_timestamp_seconds"
    case lastFetch = "plumb_last_fetch_timestamp_seconds"
    case fetchFailures = "plumb_fetch_failures_total"
    case steps = "plumb_plan_steps"
    case waiting = "plumb_approvals_waiting"
    case oldestWaiting = "plumb_oldest_waiting_approval_timestamp_seconds"
    case rollout = "plumb_rollout_operations"
    case working = "plumb_operations_at_work"
    case operations = "plumb_operations_total"
    case operationSeconds = "plumb_operation_seconds"
    case waits = "plumb_shard_waits_total"
    case statementSeconds = "plumb_statement_seconds"
    case lockWaits = "plumb_lock_waits_total"
    case ledgerCommits = "plumb_ledger_commits_total"
    case ledgerBytes = "plumb_ledger_written_bytes_total"
    case requests = "plumb_http_requests_total"
    case webhooks = "plumb_webhooks_total"
    case notifications = "plumb_notifications_total"
    case connections = "plumb_http_connections"
    case streams = "plumb_event_streams"

    enum Kind: String {
        case counter, gauge, histogram
    }

    var kind: Kind {
        switch self {
        case .passes, .fetchFailures, .operations, .waits, .lockWaits, .ledgerCommits,
            .ledgerBytes, .requests, .webhooks, .notifications:
            .counter
        case .operationSeconds, .statementSeconds: .histogram
        case .build, .started, .shards, .ready, .standingBy, .lastPass, .lastFetch, .steps,
            .waiting, .oldestWaiting, .rollout, .working, .connections, .streams:
            .gauge
        }
    }

    /// What it says, in one sentence without a full stop.
    var help: String {
        switch self {
        case .build: "1, with the release of the daemon"
        case .started: "When the daemon began"
        case .shards: "How many shards are in a state, as the last pass found them"
        case .ready: "1 where a pass has looked at the environment, or another process does"
        case .standingBy: "1 where another process makes the passes"
        case .passes: "How many passes ended, by their outcome; failed where none could be made"
        case .lastPass: "When the last pass ended that could be made"
        case .lastFetch: "When a pass last fetched the schema repository"
        case .fetchFailures:
            "How many passes could not fetch the schema repository, with an old copy or none"
        case .steps: "How many steps the plan of the last pass has, by their hazard"
        case .waiting: "How many steps wait for an approval"
        case .oldestWaiting:
            "Since when this daemon has seen the step waiting for an approval that has waited longest"
        case .rollout: "How many operations of open rollouts are in a state, as of the last pass"
        case .working: "How many operations are at work in this process"
        case .operations: "How many operations ended in this process, by their state"
        case .operationSeconds: "How long operations were at work in this process"
        case .waits: "How often a shard could not go on and was tried again later"
        case .statementSeconds: "How long each statement took that changes a shard, in seconds"
        case .lockWaits: "How many statements gave up, as another session held a lock"
        case .ledgerCommits: "How many commits this process recorded in the ledger"
        case .ledgerBytes: "How many bytes of objects these commits had before compression"
        case .requests: "How many requests were answered, by the status of the answer"
        case .webhooks: "How many deliveries of forges came to what"
        case .notifications: "How often somebody was told of something, or could not be"
        case .connections: "How many connections over HTTP are open"
        case .streams: "How many clients listen to events"
        }
    }

    /// The names of its labels.
    var labels: [String] {
        switch self {
        case .build: ["version"]
        case .started, .connections, .streams: []
        case .requests: ["code"]
        case .shards: ["environment", "namespace", "state"]
        case .passes: ["environment", "outcome"]
        case .webhooks: ["outcome"]
        case .notifications: ["target", "outcome"]
        case .steps: ["environment", "hazard"]
        case .rollout, .operations: ["environment", "state"]
        case .ready, .standingBy, .lastPass, .lastFetch, .fetchFailures, .waiting, .oldestWaiting,
            .working, .operationSeconds, .waits, .statementSeconds, .lockWaits, .ledgerCommits,
            .ledgerBytes:
            ["environment"]
        }
    }
}
