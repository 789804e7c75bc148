import Foundation

/// Who works on one item of ``Workers``: the thread that took it, and those that it calls.
package struct Crew: Sendable {
    private let board: any CrewBoard
    private let item: Int

    init(board: any CrewBoard, item: Int) {
        self.board = board
        self.item = item
    }

    /// Lets up to `count` further threads run `work`, as soon as they have nothing else to do.
    ///
    /// A later call replaces the count of the one before; what those do who came already stays,
    /// and `work` is that of the first call since the last ``dismiss()``.
    package func call(_ count: Int, to work: @escaping @Sendable () -> Void) {
        board.call(count, to: item, work)
    }

    /// Nobody comes any more; returns when those that came have ended.
    package func dismiss() { board.dismiss(from: item) }
}

/// Where a crew finds its threads.
protocol CrewBoard: AnyObject, Sendable {
    func call(_ count: Int, to item: Int, _ work: @escaping @Sendable () -> Void)
    func dismiss(from item: Int)
}

/// A call for help with one item. Everything that changes is guarded by the board's lock.
final class CrewCall: @unchecked Sendable {
    let work: @Sendable () -> Void
    /// How many threads may still come.
    var wanted = 0
    /// Whether nobody may come any more.
    var isOver = false
    /// Those that came and have not ended.
    let helpers = DispatchGroup()

    init(_ work: @escaping @Sendable () -> Void) {
        self.work = work
    }
}
