import Diff
import Schema

/// Webs of two to eight tables that foreign keys hold together, before and after a change, with
/// rows that are valid on both sides.
///
/// The change is one of a kind that reaches over the keys: other types, signs or character sets of
/// ids, other names, another engine or partitions where the keys go, tables that come and go.
package struct RandomWebs {
    package let flavour: ServerProfile.Flavour
    private var random: SeededGenerator
    private var tables: [Web] = []

    /// One table.
    private struct Web {
        var name: String
        var id: String
        /// The parent of each key, its actions, and whether its column may be NULL.
        var keys: [Key]
        var hasPair: Bool
        var text = false
        var tail = ""
        var isCounting: Bool
    }

    private struct Key {
        var parent: Int
        var column: String
        var actions: String
        var isNullable: Bool
        /// Over the id and another column of the parent.
        var isPair: Bool
    }

    package init(seed: Int, flavour: ServerProfile.Flavour) {
        random = SeededGenerator(seed: UInt64(seed))
        self.flavour = flavour
    }

    /// What one seed gives.
    package struct Pair {
        package var before: [String: String] = [:]
        package var after: [String: String] = [:]
        package var renames = Renames()
        /// Statements that fill the tables, run without `foreign_key_checks`.
        package var rows: [String] = []
        package var kind = ""
    }

    package mutating func pair() -> Pair {
        makeTables()
        var result = Pair()
        let kinds = [
            "widen", "widen", "some", "sign", "text", "rename-tables", "rename-columns",
            "rename-and-widen", "engine", "partitions", "drop", "add", "actions",
        ]
        result.kind = random.any(kinds)
        let before = tables
        var (old, new) = ("smallint unsigned", "int unsigned")
        if random.chance(30) { (old, new) = ("int", "bigint") }
        let isText = result.kind == "text"
        if isText { (old, new) = Self.texts }
        if result.kind == "sign" { (old, new) = ("int", "int unsigned") }
        result.before = texts(of: before, type: { _ in old })
        result.rows = rows(of: before, isText: isText)
        var touched = Set(tables.indices)
        var type = new
        switch result.kind {
        case "some": touched = closure(of: Int.random(in: tables.indices, using: &random))
        case "rename-tables":
            type = old
            renameTables(&result)
        case "rename-columns":
            type = old
            renameColumns(&result)
        case "rename-and-widen":
            renameTables(&result)
            renameColumns(&result)
        case "engine", "partitions":
            type = old
            leaveKeys(
                result.kind == "engine" ? " ENGINE=MyISAM" : " PARTITION BY KEY () PARTITIONS 2")
        case "drop": drop()
        case "add": add()
        case "actions":
            type = old
            for place in tables.indices {
                for key in tables[place].keys.indices {
                    tables[place].keys[key].actions = " ON UPDATE CASCADE"
                }
            }
        default: break
        }
        result.after = texts(of: tables) { touched.contains($0) ? type : old }
        return result
    }

    private static let texts = (
        "varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    )

    // MARK: The tables

    private mutating func makeTables() {
        let count = Int.random(in: 2...(random.chance(70) ? 4 : 8), using: &random)
        tables = (0..<count).map { place in
            Web(
                name: "w\(place)", id: "id", keys: [], hasPair: random.chance(30),
                isCounting: random.chance(30))
        }
        for place in 0..<count {
            // A circle through all of them, or a chain; then keys to any table, itself as well.
            var parents: [Int] = []
            if place + 1 < count || random.chance(60) { parents.append((place + 1) % count) }
            while random.chance(40) { parents.append(Int.random(in: 0..<count, using: &random)) }
            for parent in parents.prefix(4) { addKey(from: place, to: parent) }
        }
    }

    private mutating func addKey(from place: Int, to parent: Int) {
        let isNullable = random.chance(70) || parent == place
        var actions = random.any(["", "", " ON DELETE CASCADE", " ON UPDATE CASCADE"])
        if isNullable, random.chance(20) { actions = " ON DELETE SET NULL" }
        let number = tables[place].keys.count
        tables[place].keys.append(
            Key(
                parent: parent, column: "k\(number)", actions: actions, isNullable: isNullable,
                isPair: tables[parent].hasPair && random.chance(50)))
    }

    private func texts(of tables: [Web], type: (Int) -> String) -> [String: String] {
        var result: [String: String] = [:]
        for (place, table) in tables.enumerated() where !table.name.isEmpty {
            let own = type(place)
            let counts = table.isCounting && !own.hasPrefix("varchar") ? " AUTO_INCREMENT" : ""
            var lines = ["\(table.id) \(own) NOT NULL\(counts)", "part int NOT NULL DEFAULT 1"]
            lines.append("PRIMARY KEY (\(table.id))")
            if table.hasPair { lines.append("UNIQUE KEY pair (\(table.id), part)") }
            for (number, key) in table.keys.enumerated() {
                let parent = tables[key.parent]
                let null = key.isNullable ? "" : " NOT NULL"
                lines.append("\(key.column) \(type(key.parent))\(null)")
                let name = "f\(place)_\(number)"
                lines.append("KEY \(name) (\(key.column)\(key.isPair ? ", part" : ""))")
                guard !isKeyless(parent), !isKeyless(table) else { continue }
                let isPlain = key.isPair || key.actions.contains("SET NULL")
                lines.append(
                    "CONSTRAINT \(name) FOREIGN KEY (\(key.column)\(key.isPair ? ", part" : "")) "
                        + "REFERENCES \(parent.name) (\(parent.id)\(key.isPair ? ", part" : ""))"
                        + (key.isPair && isPlain ? "" : key.actions))
            }
            result[table.name] =
                "CREATE TABLE \(table.name) (\(lines.joined(separator: ", ")))\(table.tail)"
        }
        return result
    }

    private func isKeyless(_ table: Web) -> Bool { !table.tail.isEmpty || table.name.isEmpty }

    /// Three rows in each table; every key finds its parent, or is NULL.
    private mutating func rows(of tables: [Web], isText: Bool) -> [String] {
        tables.map { table in
            let values = (1...3).map { number in
                var value = [isText ? "'é\(number)'" : "\(number)", "1"]
                for key in table.keys {
                    let parent = Int.random(in: 1...3, using: &random)
                    let isNull = key.isNullable && random.chance(30)
                    value.append(isNull ? "NULL" : isText ? "'é\(parent)'" : "\(parent)")
                }
                return "(\(value.joined(separator: ", ")))"
            }
            let columns = ([table.id, "part"] + table.keys.map(\.column)).joined(separator: ", ")
            return "INSERT INTO \(table.name) (\(columns)) VALUES \(values.joined(separator: ", "))"
        }
    }

    // MARK: Changes

    /// A table and all whose ids have to have its type: the columns of its children are theirs.
    private func closure(of place: Int) -> Set<Int> { [place] }

    private mutating func renameTables(_ result: inout Pair) {
        for place in tables.indices where random.chance(60) {
            let new = "x\(place)"
            result.renames.tables.append(TableRename(from: tables[place].name, to: new))
            tables[place].name = new
        }
    }

    private mutating func renameColumns(_ result: inout Pair) {
        for place in tables.indices where random.chance(60) {
            tables[place].id = "nr"
            result.renames.columns.append(
                ColumnRename(table: tables[place].name, from: "id", to: "nr"))
        }
    }

    private mutating func leaveKeys(_ tail: String) {
        let place = Int.random(in: tables.indices, using: &random)
        tables[place].tail = tail
        tables[place].hasPair = false
        for other in tables.indices {
            for key in tables[other].keys.indices where tables[other].keys[key].parent == place {
                tables[other].keys[key].isPair = false
            }
        }
    }

    /// One table goes, and the keys to it with it.
    private mutating func drop() {
        let place = Int.random(in: tables.indices, using: &random)
        tables[place].name = ""
        for other in tables.indices { tables[other].keys.removeAll { $0.parent == place } }
    }

    /// One table comes, and keys to it that may be NULL.
    private mutating func add() {
        tables.append(Web(name: "new", id: "id", keys: [], hasPair: false, isCounting: false))
        let place = tables.count - 1
        addKey(from: place, to: Int.random(in: 0..<place, using: &random))
        for other in 0..<place where random.chance(50) {
            let number = tables[other].keys.count
            tables[other].keys.append(
                Key(
                    parent: place, column: "k\(number)", actions: "", isNullable: true,
                    isPair: false))
        }
    }
}
