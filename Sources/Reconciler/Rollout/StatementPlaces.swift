import Desired
import Execution
import Foundation
import Model
import Schema

/// Bounds how many operations run statements at once, on one server and in total, whatever the
/// number of rollouts.
package final class StatementPlaces: Sendable {
    private let servers: Places<ServerAddress>
    private let all: Places<Whole>

    /// The key of the bound over all servers.
    fileprivate struct Whole: Hashable, Sendable {}

    /// The right of one operation to run statements, until it is given back.
    struct Place: Sendable {
        fileprivate let onServer: Places<ServerAddress>.Place
        fileprivate let inAll: Places<Whole>.Place
        /// How long the operation waited for it.
        let wait: Places<ServerAddress>.Wait
    }

    package convenience init(_ concurrency: Concurrency) {
        self.init(total: concurrency.total, perServer: concurrency.perHost)
    }

    /// - Parameter clock: a time in seconds that only grows.
    package init(
        total: Int, perServer: Int,
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        servers = Places(perKey: perServer, clock: clock)
        all = Places(perKey: total, clock: clock)
    }

    /// Waits for a place on a server, and then for one in total: who waits for a busy server takes
    /// nothing from the others.
    func take(_ server: ServerAddress) -> Place {
        let onServer = servers.take(server)
        let inAll = all.take(Whole())
        let isShort = onServer.wait == .short && inAll.wait == .short
        return Place(onServer: onServer, inAll: inAll, wait: isShort ? .short : .long)
    }

    func giveBack(_ place: Place) {
        all.giveBack(place.inAll)
        servers.giveBack(place.onServer)
    }

    /// Whether a place on a server is soon to be had.
    func areHeldBriefly(_ server: ServerAddress) -> Bool { servers.areHeldBriefly(server) }
}
