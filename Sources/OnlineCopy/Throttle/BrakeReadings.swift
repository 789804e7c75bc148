/// How busy a server, its disk and its replicas were when somebody looked.
package struct BrakeReadings: Hashable, Sendable {
    /// Something that was asked, with the answer or why there is none.
    package enum Reading<Value: Hashable & Sendable>: Hashable, Sendable {
        case known(Value)
        case unknown(String)
    }

    /// One replica.
    package struct Replica: Hashable, Sendable {
        /// Its address.
        package var name: String
        /// How long ago the first commit of the copy was that it does not have.
        package var lagSeconds: Reading<Double>

        package init(_ name: String, lagSeconds: Reading<Double>) {
            self.name = name
            self.lagSeconds = lagSeconds
        }
    }

    /// How old the other readings are; nil before the first.
    package var ageSeconds: Double?
    package var threadsRunning: Reading<Int>
    package var replicas: Reading<[Replica]>
    /// Nil where the server does not tell.
    package var freeBytes: Int?
    /// Half of the copy's last commits took longer, and half of them less; nil before the first.
    package var commitSeconds: Double?

    package init(
        ageSeconds: Double? = 0, threadsRunning: Reading<Int> = .known(1),
        replicas: Reading<[Replica]> = .known([]), freeBytes: Int? = nil,
        commitSeconds: Double? = nil
    ) {
        self.ageSeconds = ageSeconds
        self.threadsRunning = threadsRunning
        self.replicas = replicas
        self.freeBytes = freeBytes
        self.commitSeconds = commitSeconds
    }
}
