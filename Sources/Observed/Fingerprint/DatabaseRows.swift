import MySQLClient
import Schema

/// The rows of a query about a whole server, grouped by the database in their first column.
///
/// They are kept as bytes in the server's order, since usually only their digest is needed.
struct DatabaseRows: Sendable {
    private var bytes: [String: [UInt8]] = [:]
    private let columns: Int

    /// Separates cells: names and numbers never contain a zero byte.
    private static let end: UInt8 = 0

    /// - Parameter columns: the number of columns after the one with the database.
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

    /// Adds all rows of the databases in `places`.
    ///
    /// - Parameters:
    ///   - folded: turns a database's name into the form in `places`.
    ///   - end: the byte that ends the database's name in the first column; the rest of the column
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

    /// Consecutive rows of one database.
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
