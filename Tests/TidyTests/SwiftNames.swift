/// What one Swift source declares for the others of its module, and which names it uses.
struct SwiftNames {
    /// A name where it is used.
    struct Use: Hashable {
        let name: String
        /// What stands before the dot in front of it; "" where that is no word, nil without a dot.
        let qualifier: String?
        /// The type that the code belongs to, or "".
        let outer: String
    }

    /// Types at the top level.
    private(set) var types: Set<String> = []
    /// Functions and values at the top level.
    private(set) var globals: Set<String> = []
    /// What types hold, by the name of the outermost one: types, functions, values, cases.
    private(set) var members: [String: Set<String>] = [:]
    /// Names that mean something of the file's own in it: private ones and type parameters too.
    private(set) var own: Set<String> = []
    private(set) var uses: Set<Use> = []
    private(set) var imports: Set<String> = []
    /// Types that the file adds something to.
    private(set) var extended: Set<String> = []
    /// Types that the file gives an initialiser or a subscript: who uses one names the type.
    private(set) var made: Set<String> = []
    /// Whether the program begins here.
    private(set) var isEntry = false

    /// All names that other files can use.
    var declared: Set<String> {
        members.values.reduce(types.union(globals).union(made)) { $0.union($1) }
    }

    init(_ text: String) {
        var reader = DeclarationReader(tokens: SwiftTokens.read(text))
        reader.read(into: &self)
    }

    fileprivate mutating func declare(
        _ name: String, _ kind: DeclarationReader.Kind, isPrivate: Bool, in outer: String?
    ) {
        own.insert(name)
        guard !isPrivate else { return }
        switch (kind, outer) {
        case (.type, nil): types.insert(name)
        case (.value, nil): globals.insert(name)
        case (_, let outer?): members[outer, default: []].insert(name)
        }
    }

    fileprivate mutating func bring(_ module: String) { imports.insert(module) }
    fileprivate mutating func extend(_ name: String) { extended.insert(name) }
    fileprivate mutating func make(_ name: String) { made.insert(name) }
    fileprivate mutating func use(_ use: Use) { uses.insert(use) }
    fileprivate mutating func own(_ name: String) { own.insert(name) }
    fileprivate mutating func enter() { isEntry = true }
}

/// Walks the tokens of a source, and knows at each what it stands in.
private struct DeclarationReader {
    enum Kind { case type, value }

    /// What a pair of braces holds.
    private enum Scope {
        /// A type or an extension, with the name of the outermost one.
        case type(String, isEnum: Bool, isPrivate: Bool)
        /// A function, a closure, a condition, a computed value.
        case code
    }

    private let tokens: [SwiftTokens.Token]
    private var index = 0
    private var scopes: [Scope] = []
    private var next: Scope?

    init(tokens: [SwiftTokens.Token]) { self.tokens = tokens }

    private static let typeWords: Set<String> = ["struct", "enum", "class", "actor", "protocol"]
    private static let modifiers: Set<String> = [
        "package", "public", "internal", "private", "fileprivate", "open", "static", "class",
        "final", "mutating", "nonmutating", "indirect", "lazy", "weak", "unowned", "override",
        "convenience", "required", "nonisolated", "prefix", "postfix", "infix", "isolated",
    ]

    mutating func read(into names: inout SwiftNames) {
        while index < tokens.count {
            let token = tokens[index]
            switch token.text {
            case "{":
                scopes.append(next ?? .code)
                next = nil
            case "}": _ = scopes.popLast()
            case "@" where word(at: index + 1) == "main": names.enter()
            case "import" where scopes.isEmpty:
                if let name = word(at: index + 1) { names.bring(name) }
            case "extension" where isDeclaring: openExtension(&names)
            case "func", "typealias", "associatedtype": declareOne(token.text, &names)
            case "let", "var": declareOne(token.text, &names)
            case "init" where isDeclaring, "subscript" where isDeclaring:
                if let outer, !isPrivate, !isInPrivate { names.make(outer) }
            case "case" where isInEnum: declareCases(&names)
            default:
                if Self.typeWords.contains(token.text), opensType {
                    openType(&names)
                } else if token.isWord {
                    names.use(use(at: index))
                }
            }
            index += 1
        }
    }

    // MARK: Where it stands

    private var isDeclaring: Bool {
        scopes.allSatisfy { if case .type = $0 { true } else { false } }
    }

    private var isInEnum: Bool {
        if case .type(_, isEnum: true, _)? = scopes.last { isDeclaring } else { false }
    }

    private var outer: String? {
        if case .type(let name, _, _)? = scopes.first { name } else { nil }
    }

    private var isInPrivate: Bool {
        scopes.contains { if case .type(_, _, isPrivate: true) = $0 { true } else { false } }
    }

    private func word(at place: Int) -> String? {
        tokens.indices.contains(place) && tokens[place].isWord ? tokens[place].text : nil
    }

    private func mark(at place: Int) -> String? {
        tokens.indices.contains(place) ? tokens[place].text : nil
    }

    private func use(at place: Int) -> SwiftNames.Use {
        SwiftNames.Use(
            name: tokens[place].text,
            qualifier: mark(at: place - 1) == "." ? word(at: place - 2) ?? "" : nil,
            outer: outer ?? "")
    }

    /// Whether `private` or `fileprivate` stands before the word, and not only for its setter.
    private var isPrivate: Bool {
        var place = index - 1
        while let text = mark(at: place) {
            if text == ")", mark(at: place - 1) == "set", mark(at: place - 2) == "(" {
                place -= 4
                continue
            }
            if mark(at: place - 1) == "@" {
                place -= 2
                continue
            }
            guard Self.modifiers.contains(text) else { return false }
            if text == "private" || text == "fileprivate" { return true }
            place -= 1
        }
        return false
    }

    // MARK: Declarations

    /// `class` also stands before members, and as what a protocol asks for.
    private var opensType: Bool {
        guard let name = word(at: index + 1), mark(at: index - 1) != ".",
            mark(at: index - 1) != ":"
        else { return false }
        return !["func", "var", "let", "subscript", "init"].contains(name)
    }

    private mutating func openType(_ names: inout SwiftNames) {
        guard let name = word(at: index + 1) else { return }
        let isPrivate = isPrivate || isInPrivate || !isDeclaring
        names.declare(name, .type, isPrivate: isPrivate, in: outer)
        next = .type(
            outer ?? name, isEnum: tokens[index].text == "enum", isPrivate: isPrivate)
        index += 1
        readParameters(&names)
    }

    private mutating func openExtension(_ names: inout SwiftNames) {
        guard let name = word(at: index + 1) else { return }
        names.extend(name)
        next = .type(name, isEnum: false, isPrivate: isPrivate)
        index += 1
    }

    private mutating func declareOne(_ keyword: String, _ names: inout SwiftNames) {
        guard let name = word(at: index + 1) else { return }
        let isType = keyword == "typealias" || keyword == "associatedtype"
        if isDeclaring || isType || keyword == "func" {
            names.declare(
                name, isType ? .type : .value,
                isPrivate: isPrivate || isInPrivate || !isDeclaring, in: outer)
        } else {
            names.own(name)
        }
        index += 1
        readParameters(&names)
    }

    /// The names between the angle brackets behind a declared name.
    private mutating func readParameters(_ names: inout SwiftNames) {
        guard mark(at: index + 1) == "<" else { return }
        var place = index + 2
        while let text = mark(at: place), text != ">" {
            if tokens[place].isWord, ["<", ","].contains(mark(at: place - 1)) { names.own(text) }
            place += 1
        }
    }

    /// `case one, two(Int), three = "x"`.
    private mutating func declareCases(_ names: inout SwiftNames) {
        while let name = word(at: index + 1) {
            names.declare(name, .value, isPrivate: isInPrivate, in: outer)
            index += 1
            if mark(at: index + 1) == "(" { readPayload(&names) }
            if mark(at: index + 1) == "=" { index += 2 }
            guard mark(at: index + 1) == "," else { return }
            index += 1
        }
    }

    private mutating func readPayload(_ names: inout SwiftNames) {
        var depth = 0
        repeat {
            index += 1
            switch mark(at: index) {
            case "("?: depth += 1
            case ")"?: depth -= 1
            default: if word(at: index) != nil { names.use(use(at: index)) }
            }
        } while depth > 0 && index < tokens.count
    }
}
