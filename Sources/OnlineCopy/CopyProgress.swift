/// How far a copy is, as its own table beside the table has it.
package struct CopyProgress: Codable, Hashable, Sendable {
    package enum Phase: String, Codable, Sendable {
        case copying, indexing, following
        /// The copy is the table; the former one may follow it.
        case swapped
        /// The former table is the table again.
        case reverted
        /// What is left is being taken away.
        case leaving
    }

    /// The version of this document.
    package var version = 1
    package var phase = Phase.copying
    /// What the copy is for; a copy for something else is not taken up.
    package var fingerprint: String
    /// The key of the last row that was copied, as literals; nil before the first one.
    package var copied: [String]?
    /// Rows that were copied, and rows that changed meanwhile and were brought over.
    package var rows = 0
    package var changes = 0
    /// Rows that differed, for no reason that is known, and were copied again.
    package var repaired = 0
    /// Whether every row was compared since the last difference.
    package var isCompared = false
    /// Everything in the log before it was brought over.
    package var place: LogPlace
    /// What the server thought, when the copy was begun, that the table has.
    var rowsExpected: Int?
    var bytesExpected: Int?
    /// What was last said to be done of it, in hundredths.
    var percent: Double?
    /// The definitions of the indexes that the copy gets once it has all rows.
    package var indexes: [String] = []
    /// Until when the former table is kept behind the cutover, in seconds since 1970 by the clock
    /// of the server; nil where it is not.
    package var keptUntil: Int?

    init(fingerprint: String, place: LogPlace) {
        self.fingerprint = fingerprint
        self.place = place
    }
}
