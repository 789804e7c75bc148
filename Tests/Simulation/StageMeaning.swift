import Execution

/// What a statement of the engine that works beside tables does, as the simulated server
/// understands it.
enum StageMeaning: Hashable, Sendable {
    /// Makes the copy of a table, without rows; one that is there goes.
    case make(table: Int, columns: UInt8)
    /// Copies one part of the rows, counted from 0, once more where it is there.
    case copy(table: Int, part: Int)
    /// Lets the copy take the table's place, which stays under another name.
    case swap(table: Int)
    /// Takes away the copy and the former table, as far as they are there.
    case tidy(table: Int)

    var table: Int {
        switch self {
        case .make(let table, _), .copy(let table, _), .swap(let table), .tidy(let table): table
        }
    }

    /// As it is sent.
    var sql: String {
        let name = Shape.name(table)
        let sql =
            switch self {
            case .make(_, let columns): "CREATE TABLE `\(name)__new` /* \(columns) */"
            case .copy(_, let part): "REPLACE INTO `\(name)__new` SELECT /* \(part) */ `\(name)`"
            case .swap:
                "RENAME TABLE `\(name)` TO `\(name)__old`, `\(name)__new` TO `\(name)`"
            case .tidy: "DROP TABLE IF EXISTS `\(name)__new`, `\(name)__old`"
            }
        Self.known.withLock { $0[sql] = self }
        return sql
    }

    private static let known = Lock<[String: StageMeaning]>([:])

    /// What a statement means that an engine sent before.
    init?(_ sql: String) {
        guard let meaning = Self.known.withLock({ $0[sql] }) else { return nil }
        self = meaning
    }
}

/// What a server was told to do.
enum ServerStatement: Hashable, Sendable {
    case change(StatementMeaning)
    /// A statement beside the table, and the operation whose it is.
    case stage(StageMeaning, LedgerMirror.Place)
}

extension SimulatedShard {
    /// What an engine made beside a table.
    struct Copy: Hashable {
        let columns: UInt8
        /// One bit for each part that was copied.
        var parts: UInt8 = 0
        /// Whose it is.
        let place: LedgerMirror.Place
    }

    /// Carries a statement out; throws where the server refuses it, which changes nothing.
    mutating func execute(_ statement: ServerStatement) throws(RefusedStatement) {
        switch statement {
        case .change(let meaning):
            tables[meaning.table] = try meaning.apply(to: tables[meaning.table])
        case .stage(let meaning, let place): try execute(meaning, of: place)
        }
    }

    private mutating func execute(
        _ meaning: StageMeaning, of place: LedgerMirror.Place
    ) throws(RefusedStatement) {
        let table = meaning.table
        switch meaning {
        case .make(_, let columns):
            guard tables[table] != nil else { throw RefusedStatement(reason: "no such table") }
            copies[table] = Copy(columns: columns, place: place)
        case .copy(_, let part):
            guard tables[table] != nil, copies[table] != nil else {
                throw RefusedStatement(reason: "no such table")
            }
            copies[table]?.parts |= 1 << UInt8(part)
        case .swap:
            guard tables[table] != nil, let copy = copies[table] else {
                throw RefusedStatement(reason: "no such table")
            }
            guard former[table] == nil else { throw RefusedStatement(reason: "the table exists") }
            tables[table] = copy.columns
            copies[table] = nil
            former[table] = place
        case .tidy:
            copies[table] = nil
            former[table] = nil
        }
    }

    /// The names of what an operation has beside its table.
    func leftovers(of place: LedgerMirror.Place) -> [String] {
        copies.filter { $0.value.place == place }.map { "\(Shape.name($0.key))__new" }.sorted()
            + former.filter { $0.value == place }.map { "\(Shape.name($0.key))__old" }.sorted()
    }
}
