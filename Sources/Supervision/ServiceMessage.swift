/// What a service tells its manager: the assignments of sd_notify(3).
package enum ServiceMessage: Sendable, Equatable {
    /// The start, or a reload, is over.
    case ready
    /// A reload began at this time of the monotonic clock, in microseconds.
    case reloading(at: UInt64)
    case stopping
    /// The loops live.
    case watchdog
    /// What the service is at, for people.
    case status(String)

    /// Lines of `NAME=value`; a status is one line, whatever is in it.
    var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
        case .stopping: "STOPPING=1"
        case .watchdog: "WATCHDOG=1"
        case .status(let text):
            "STATUS=" + text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
    }
}
