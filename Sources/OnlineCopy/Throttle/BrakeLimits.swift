/// What a copy must not exceed; nil is no limit.
package struct BrakeLimits: Codable, Hashable, Sendable {
    /// How far a replica may be behind.
    package var maxLagSeconds: Double?
    /// `Threads_running` of the server.
    package var maxThreadsRunning: Int?
    /// How long the copy's own commits may take, half of the last few of them.
    package var maxCommitSeconds: Double?
    /// What is to stay free on the server's disk, where that can be asked.
    package var minFreeBytes: Int?
    /// Why somebody has the copy wait; nil where nobody does.
    package var held: String?

    package init(
        maxLagSeconds: Double? = 10, maxThreadsRunning: Int? = 60,
        maxCommitSeconds: Double? = 0.5, minFreeBytes: Int? = 1_000_000_000, held: String? = nil
    ) {
        self.maxLagSeconds = maxLagSeconds
        self.maxThreadsRunning = maxThreadsRunning
        self.maxCommitSeconds = maxCommitSeconds
        self.minFreeBytes = minFreeBytes
        self.held = held
    }

    /// How old readings may be, in seconds: with older ones it is not known how others are.
    private static let longestSilence = 10.0

    /// Why the copy has to wait by these readings; nil where it may go on.
    ///
    /// What has a limit and cannot be seen makes it wait; only what a server never tells, such as
    /// its disk, does not.
    package func reason(_ readings: BrakeReadings) -> String? {
        if let held { return "somebody has it wait: \(held)" }
        return reasonOfCommits(readings) ?? reasonOfServer(readings) ?? reasonOfReplicas(readings)
    }

    private func reasonOfCommits(_ readings: BrakeReadings) -> String? {
        guard let limit = maxCommitSeconds, let now = readings.commitSeconds, now > limit else {
            return nil
        }
        return "commits take \(Self.text(now)), and may take \(Self.text(limit))"
    }

    private func reasonOfServer(_ readings: BrakeReadings) -> String? {
        guard maxLagSeconds != nil || maxThreadsRunning != nil || minFreeBytes != nil else {
            return nil
        }
        guard let age = readings.ageSeconds else {
            return "it is not known yet how busy the server and its replicas are"
        }
        guard age <= Self.longestSilence else {
            return "for \(Self.text(age)) it could not be asked how busy the server and its "
                + "replicas are"
        }
        if let limit = maxThreadsRunning {
            switch readings.threadsRunning {
            case .known(let count) where count > limit:
                return "\(count) threads run on the server, and \(limit) may"
            case .unknown(let why): return "it is not known how busy the server is: \(why)"
            case .known: break
            }
        }
        if let limit = minFreeBytes, let free = readings.freeBytes, free < limit {
            return "the server's disk has \(Self.megabytes(free)) left, and must keep "
                + Self.megabytes(limit)
        }
        return nil
    }

    private func reasonOfReplicas(_ readings: BrakeReadings) -> String? {
        guard let limit = maxLagSeconds else { return nil }
        switch readings.replicas {
        case .unknown(let why): return "the replicas are not known: \(why)"
        case .known(let replicas):
            return replicas.lazy.compactMap { Self.reason($0, limit) }.first
        }
    }

    private static func reason(_ replica: BrakeReadings.Replica, _ limit: Double) -> String? {
        switch replica.lagSeconds {
        case .known(let lag) where lag > limit:
            "replica \(replica.name) is \(text(lag)) behind, and may be \(text(limit))"
        case .unknown(let why): "it is not known how far replica \(replica.name) is: \(why)"
        case .known: nil
        }
    }

    private static func text(_ seconds: Double) -> String {
        if seconds < 1 { return "\(Int((seconds * 1_000).rounded())) ms" }
        let tenths = (seconds * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
    }

    private static func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
}
