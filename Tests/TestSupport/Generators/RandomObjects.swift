import Schema

/// Schemas of a few tables with views, triggers, routines, events and sequences over a small set of
/// names, so that one of a pair turns into the other in every way.
package struct RandomObjects {
    /// One object, as a file says it.
    package struct Item {
        package let name: ObjectName
        /// The statement, without its end.
        package var text: String
        /// The SQL mode that a hint above it asks for.
        package var mode: String?
        /// Triggers that run one after the other, as its order says.
        package var order: (first: String, second: String)?

        package init(name: ObjectName, text: String) {
            self.name = name
            self.text = text
        }

        /// The same view with other blanks, letters and comments; every other kind as it is, as
        /// servers keep its words.
        package var disguised: Item {
            var copy = self
            guard name.kind == .view else { return self }
            copy.text = text.replacing(" SELECT ", with: "\n  select /* it's; */ ")
                .replacing(" FROM ", with: " from -- `x\n\t").replacing(" WHERE ", with: "\twhere ")
                .replacing("CREATE ", with: "Create  ").replacing(" AS ", with: " as # '\n")
            return copy
        }

        /// Reads a statement; what is no other object is a table.
        package init(_ text: String) {
            let table = ObjectName(.table, String(text.split(separator: " ")[2]))
            self.init(name: ObjectDefinition(text: text)?.name ?? table, text: text)
        }
    }

    /// What a view can select from, with its columns.
    struct Relation {
        let name: String
        let columns: [String]
    }

    /// What makes an object the same again: where a number is the same in both schemas, so is the
    /// object, but for what it rests on.
    struct Recipe {
        let name: ObjectName
        var seed: UInt64
        var isDisguised = false
    }

    package let flavour: ServerProfile.Flavour
    private var generator: SeededGenerator

    package init(seed: Int, flavour: ServerProfile.Flavour) {
        generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed) &* 31 &+ 0x6b69)
        self.flavour = flavour
    }

    /// Two schemas of which the second one comes from the first by changes of every kind.
    package mutating func pair() -> (from: [Item], to: [Item]) {
        let first = recipes()
        let second = changed(first)
        return (items(first), items(second))
    }

    // MARK: Names

    /// Tables, views and sequences share one set of names.
    private static let relations = [
        "t", "u", "order", "v", "w", "b`x", "select", "a", "c", "Größe", "view:x", "p; --",
    ]
    private static let programs = ["p", "q", "f", "g`g", "begin", "call", "é'x", "a", "end if"]

    private mutating func recipes() -> [Recipe] {
        var names = Self.relations.shuffled(using: &generator)
        var result: [Recipe] = []
        func take(_ kind: ObjectName.Kind, _ count: Int) {
            for _ in 0..<count {
                guard let name = names.popLast() else { return }
                result.append(Recipe(name: ObjectName(kind, name), seed: generator.next()))
            }
        }
        take(.table, Int.random(in: 1...3, using: &generator))
        take(.view, Int.random(in: 1...5, using: &generator))
        if flavour == .mariadb { take(.sequence, Int.random(in: 0...2, using: &generator)) }
        for kind in [ObjectName.Kind.procedure, .function, .trigger, .event] {
            let most = kind == .trigger ? 5 : 2
            let count = Int.random(in: 0...most, using: &generator)
            for name in Self.programs.shuffled(using: &generator).prefix(count) {
                result.append(Recipe(name: ObjectName(kind, name), seed: generator.next()))
            }
        }
        return result
    }

    /// Other objects, the same in another order, and the same under names of other kinds.
    private mutating func changed(_ recipes: [Recipe]) -> [Recipe] {
        var result: [Recipe] = []
        for recipe in recipes where !generator.chance(12) {
            var recipe = recipe
            if generator.chance(30) { recipe.seed = generator.next() }
            if generator.chance(10) { recipe.isDisguised = true }
            let kinds: [ObjectName.Kind] =
                flavour == .mariadb ? [.table, .view, .sequence] : [.table, .view]
            if generator.chance(7), kinds.contains(recipe.name.kind) {
                recipe = Recipe(
                    name: ObjectName(generator.any(kinds), recipe.name.name), seed: recipe.seed)
            }
            result.append(recipe)
        }
        let more = self.recipes()
        for recipe in more where generator.chance(20) {
            let isKnown = result.contains {
                $0.name.name == recipe.name.name
                    && ($0.name.kind == recipe.name.kind
                        || $0.name.kind.isRelation && recipe.name.kind.isRelation)
            }
            if !isKnown { result.append(recipe) }
        }
        if generator.chance(30) { result.shuffle(using: &generator) }
        return result
    }

    // MARK: Texts

    /// The objects in an order in which a server takes them.
    private func items(_ recipes: [Recipe]) -> [Item] {
        var writer = ObjectWriter(flavour: flavour)
        let order: [ObjectName.Kind] = [
            .sequence, .table, .function, .procedure, .view, .trigger, .event,
        ]
        for kind in order {
            for recipe in recipes where recipe.name.kind == kind { writer.add(recipe) }
        }
        // A folder without a file is an error.
        let keep = Item(
            name: ObjectName(.table, "keep"), text: "CREATE TABLE keep (id INT PRIMARY KEY)")
        return [keep] + writer.items
    }
}

extension ObjectName.Kind {
    fileprivate var isRelation: Bool { self == .table || self == .view || self == .sequence }
}

/// Writes objects one after the other, each over those before it.
struct ObjectWriter {
    let flavour: ServerProfile.Flavour
    private(set) var items: [RandomObjects.Item] = []
    private var tables: [RandomObjects.Relation] = []
    private var relations: [RandomObjects.Relation] = []
    private var sequences: [String] = []
    private var functions: [String] = []
    /// The triggers of each table and time.
    private var slots: [TriggerSlot: [String]] = [:]

    init(flavour: ServerProfile.Flavour) { self.flavour = flavour }

    mutating func add(_ recipe: RandomObjects.Recipe) {
        var random = SeededGenerator(seed: recipe.seed)
        let name = SQL.identifier(recipe.name.name)
        var item = RandomObjects.Item(name: recipe.name, text: "")
        switch recipe.name.kind {
        case .table: item.text = table(recipe.name.name, &random)
        case .view:
            let writer = ViewWriter(
                relations: relations, functions: functions, flavour: flavour)
            let (text, relation) = writer.view(recipe.name.name, &random)
            item.text = text
            relations.append(relation)
        case .sequence:
            item.text = Self.sequence(name, &random)
            sequences.append(recipe.name.name)
        case .trigger:
            guard let made = trigger(recipe.name.name, &random) else { return }
            item = made
        case .procedure: item.text = Programs.procedure(name, &random)
        case .function:
            item.text = Programs.function(name, &random)
            functions.append(recipe.name.name)
        case .event: item.text = Programs.event(name, flavour, &random)
        }
        let keepsMode: [ObjectName.Kind] = [.trigger, .procedure, .function, .event]
        if keepsMode.contains(recipe.name.kind) {
            item.mode = random.maybe(
                15, ["", "PIPES_AS_CONCAT", "NO_ZERO_DATE,STRICT_TRANS_TABLES"])
        }
        if recipe.isDisguised { item.text = Self.disguised(item.text, &random) }
        items.append(item)
    }

    /// The same for a reader, with other blanks and comments before the first words.
    private static func disguised(_ text: String, _ random: inout SeededGenerator) -> String {
        let opening = random.any([
            "create  ", "CREATE /* it's; */ ", "CREATE -- \"here\n", "Create\n\t", "CREATE # `x\n",
        ])
        return opening + text.dropFirst("CREATE ".count)
    }

    // MARK: Tables and sequences

    private mutating func table(_ name: String, _ random: inout SeededGenerator) -> String {
        let pool = ["a", "b", "c", "v", "w", "order", "x`y", "Größe"]
        let columns =
            ["id"] + pool.shuffled(using: &random).prefix(Int.random(in: 2...5, using: &random))
        var lines = ["id INT PRIMARY KEY"]
        for column in columns.dropFirst() {
            let type = random.any(["INT", "BIGINT", "VARCHAR(20)", "DECIMAL(10,2)", "DATETIME"])
            var line = "\(SQL.identifier(column)) \(type)"
            if type == "BIGINT", let sequence = random.maybe(60, sequences + [""]),
                !sequence.isEmpty
            {
                line +=
                    " DEFAULT \(random.any(["nextval", "NEXTVAL"]))(\(SQL.identifier(sequence)))"
            }
            lines.append(line)
        }
        let relation = RandomObjects.Relation(name: name, columns: columns)
        tables.append(relation)
        relations.append(relation)
        return "CREATE TABLE \(SQL.identifier(name)) (\(lines.joined(separator: ", ")))"
    }

    private static func sequence(_ name: String, _ random: inout SeededGenerator) -> String {
        let isDown = random.chance(15)
        let options = [
            random.maybe(50, isDown ? ["INCREMENT BY -3"] : ["INCREMENT BY 5", "INCREMENT = 0"])
                ?? (isDown ? "INCREMENT -1" : nil),
            random.maybe(40, isDown ? ["START WITH -5"] : ["START WITH 100", "START = 7"]),
            random.maybe(30, isDown ? ["MINVALUE -1000"] : ["MINVALUE 3", "NO MINVALUE"]),
            random.maybe(30, isDown ? ["MAXVALUE -2"] : ["MAXVALUE 5000", "NOMAXVALUE"]),
            random.maybe(30, ["CACHE 10", "NOCACHE", "CACHE 1000"]),
            random.maybe(30, ["CYCLE", "NOCYCLE"]),
            random.maybe(20, ["ENGINE=InnoDB", "ENGINE=Aria", "COMMENT='it''s; `'"]),
        ]
        return (["CREATE SEQUENCE \(name)"] + options.compactMap { $0 }).joined(separator: " ")
    }

    // MARK: Triggers

    private mutating func trigger(
        _ name: String, _ random: inout SeededGenerator
    ) -> RandomObjects.Item? {
        guard !tables.isEmpty else { return nil }
        let table = random.any(tables)
        let time = random.any(["BEFORE INSERT", "BEFORE INSERT", "AFTER UPDATE", "BEFORE DELETE"])
        let slot = TriggerSlot(table: table.name, time: time)
        var item = RandomObjects.Item(name: ObjectName(.trigger, name), text: "")
        var clause = ""
        if let other = random.maybe(60, slots[slot, default: []] + [""]), !other.isEmpty {
            let follows = random.chance(60)
            clause = "\(follows ? "FOLLOWS" : "PRECEDES") \(SQL.identifier(other)) "
            item.order = follows ? (other, name) : (name, other)
        }
        slots[slot, default: []].append(name)
        let column = table.columns.dropFirst().first ?? "id"
        let body = Programs.triggerBody(SQL.identifier(column), time, &random)
        item.text =
            "CREATE TRIGGER \(SQL.identifier(name)) \(time) ON \(SQL.identifier(table.name)) "
            + "FOR EACH ROW \(clause)\(body)"
        return item
    }
}
