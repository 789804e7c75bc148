import Execution
import Model
import Schema

/// The place of one operation among those that run statements on its server.
///
/// It is held from the first statement to the last: a table that is changed halfway does not wait
/// for others.
final class StatementTurn {
    private let places: StatementPlaces
    private let server: ServerAddress
    private var place: StatementPlaces.Place?

    init(_ places: StatementPlaces, _ server: ServerAddress) {
        self.places = places
        self.server = server
    }

    /// Whether a place will be had without a long wait, so that an operation may count as started
    /// before it has one.
    var isNear: Bool { place != nil || places.areHeldBriefly(server) }

    /// Waits for a place, unless it has one.
    ///
    /// - Returns: how long that took.
    @discardableResult
    func take() -> Places<ServerAddress>.Wait {
        guard place == nil else { return .short }
        let new = places.take(server)
        place = new
        return new.wait
    }

    func giveBack() {
        if let place { places.giveBack(place) }
        place = nil
    }
}
