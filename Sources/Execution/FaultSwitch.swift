import Foundation

/// Lets the program fail, wait or die where `PLUMB_FAULT` asks for it.
///
/// Only builds for development can, and those that are compiled with `-DPLUMB_FAULTS`: in any other
/// nothing is looked at.
package enum FaultSwitch {
    private static let variable = "PLUMB_FAULT"

    /// Why what was asked for cannot be done; nil where it can, or nothing was asked for.
    package static var problem: String? {
        guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else {
            return nil
        }
        #if DEBUG || PLUMB_FAULTS
            guard FaultOrder(text) == nil else { return nil }
            let points = FaultPoint.allCases.map(\.rawValue) + [FaultOrder.effect]
            return "\(variable)=\(text): write POINT[:N]:fail|park|kill, where POINT is one of "
                + points.joined(separator: ", ")
        #else
            return "\(variable) is set, and this build has no fault points: unset it"
        #endif
    }

    #if DEBUG || PLUMB_FAULTS
        private static let order =
            ProcessInfo.processInfo.environment[variable].flatMap { FaultOrder($0) }
        private static let reached = Lock(0)

        /// Says that the program is at a point; throws where it is to fail there.
        package static func reach(_ point: FaultPoint) throws(FaultReached) {
            guard let order, order.concerns(point) else { return }
            let count = reached.withLock { count in
                count += 1
                return count
            }
            guard count == order.number else { return }
            switch order.action {
            case .fail: throw FaultReached(point: point)
            case .park:
                FileHandle.standardError.write(Data("parked: \(point.rawValue)\n".utf8))
                while true { sleep(3_600) }
            case .kill: kill(getpid(), SIGKILL)
            }
        }
    #else
        /// Does nothing.
        @inline(__always)
        package static func reach(_ point: FaultPoint) throws(FaultReached) {}
    #endif
}
