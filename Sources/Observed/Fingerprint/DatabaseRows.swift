import MySQLClient
import Schema

/// The rows of an answer about a whole server, by the database that their first column names.
///
/// They stay bytes, in the server's own order: mostly nothing is wanted of them but a digest.
struct DatabaseRows: Sendable {
    private var bytes: [String: [UInt8]] = [:]
    private let columns: Int

    /// Behind each cell: no name and no number has such a byte.
    private static let end: UInt8 = 0

    /// - Parameter columns: how many columns a row has behind the one that names the database.
    init(columns: Int) {
        self.columns = columns
    }

    /// The digest of the database's rows.
    func digest(of place: String) -> Digest { Digest(of: bytes[place] ?? []) }

    /// The rows of the database, each with the bytes of its cells.
    func rows(of place: String) -> [[ArraySlice<UInt8>]] {
        let cells = (bytes[place] ?? []).split(
            separator: Self.end, omittingEmptySubsequences: false
        ).dropLast()
        return stride(from: cells.startIndex, to: cells.endIndex, by: columns).map { start in
            Array(cells[start..<min(start + columns, cells.endIndex)])
        }
    }

    func hasRows(of place: String) -> Bool { bytes[place] != nil }

    /// Adds all rows that belong to one of `places`.
    ///
    /// - Parameters:
    ///   - folded: the database's name as it stands in `places`.
    ///   - end: where the database's name ends in the first column; the rest of the column then
    ///     belongs to the row.
    mutating func add(
        _ answer: RawRows, of places: Set<String>, folded: (String) -> String,
        nameEndsAt end: UInt8? = nil
    ) {
        var run = Run()
        while let row = answer.next() {
            guard let first = row[0] else { continue }
            let length = end.map { first.firstIndex(of: $0) ?? 0 } ?? first.count
            let name = UnsafeBufferPointer(rebasing: first[..<length])
            if !run.name.elementsEqual(name) {
                store(&run)
                run.name = Array(name)
                let place = folded(String(decoding: name, as: UTF8.self))
                run.place = places.contains(place) ? place : nil
            }
            guard run.place != nil else { continue }
            for column in (end == nil ? 1 : 0)..<row.count {
                if let cell = row[column] { run.bytes += cell }
                run.bytes.append(Self.end)
            }
        }
        store(&run)
    }

    /// Rows of one database that come one after the other.
    private struct Run {
        var name: [UInt8] = []
        var place: String?
        var bytes: [UInt8] = []
    }

    private mutating func store(_ run: inout Run) {
        if let place = run.place { bytes[place, default: []] += run.bytes }
        run.bytes.removeAll(keepingCapacity: true)
    }
}
