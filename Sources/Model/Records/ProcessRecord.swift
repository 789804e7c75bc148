/// A process as another one can recognise it later: its number alone is given to others again.
package struct ProcessRecord: Codable, Hashable, Sendable {
    /// Where it runs.
    package var place: Place
    package var number: Int32
    /// When it began, in ticks of the system's clock since the machine started.
    package var startTicks: UInt64

    package init(place: Place, number: Int32, startTicks: UInt64) {
        self.place = place
        self.number = number
        self.startTicks = startTicks
    }

    /// A machine since its last start, and which of its processes can be seen.
    package struct Place: Codable, Hashable, Sendable {
        /// The name of the machine.
        package var host: String
        /// The id of the installed system; nil where there is none.
        package var machine: String?
        /// The id of the start of the machine.
        package var boot: String
        /// The name space of process numbers, as `pid:[4026531836]`.
        package var namespace: String

        package init(host: String, machine: String?, boot: String, namespace: String) {
            self.host = host
            self.machine = machine
            self.boot = boot
            self.namespace = namespace
        }

        /// Whether it is a whole machine and no container, of which others can have the same name.
        var isWholeMachine: Bool { namespace == "pid:[4026531836]" }
    }

    /// Whether a process is still there.
    package enum Presence: Hashable, Sendable {
        case present, over
        /// It runs, or ran, where this process cannot look.
        case unknown(String)
    }

    /// Whether the process is still there, as seen from `here`.
    ///
    /// - Parameter startTicks: when the process with a number began; nil where there is none.
    package func presence(
        from here: Place?, startTicks find: (Int32) -> UInt64?
    ) -> Presence {
        guard let here else { return .unknown("this machine does not say which processes run") }
        if place.boot == here.boot, place.namespace == here.namespace {
            return find(number) == startTicks ? .present : .over
        }
        // With the machine every process of it has ended.
        if place.boot != here.boot, place.isWholeMachine, here.isWholeMachine,
            place.host == here.host, let machine = place.machine, machine == here.machine
        {
            return .over
        }
        return .unknown(
            place.host == here.host
                ? "process \(number) of \(place.host), in another container or before a start"
                : "process \(number) of \(place.host), another machine")
    }
}
