import Testing

@Suite("Folders point one way")
struct FolderTests {
    private func product() throws -> [FolderGraph.File] {
        try Repository.files(below: "Sources", endings: [".swift"])
            .map { FolderGraph.File(path: $0.path, text: $0.text) }
    }

    @Test("no folder of a module reaches back into one that reaches it; nobody is unused")
    func repository() throws {
        let files = try product()
        let graph = FolderGraph(files)
        #expect(graph.edges.count > 1_000)
        let modules = Set(Product.modules.map(\.name))
        for cycle in graph.cycles(in: modules) { Issue.record("\(cycle)") }
        #expect(ImportRules(modules: Product.modules).faults(graph) == [])
        for (path, fault) in UnusedSources.faults(files)
        where modules.contains(FolderGraph.module(of: path)) {
            Issue.record("\(path): \(fault)")
        }
    }

    // MARK: What is found

    private func file(_ path: String, _ text: String) -> FolderGraph.File {
        FolderGraph.File(path: "Sources/\(path).swift", text: text)
    }

    /// What `text`, in a folder of its own, is taken to use of what another file declares.
    private func uses(_ text: String, of other: String) -> [String] {
        let graph = FolderGraph([file("M/A/User", text), file("M/B/Owner", other)])
        return graph.edges.sorted().filter { $0.to.hasSuffix("Owner.swift") }.map(\.name)
    }

    @Test(
        "a use is found",
        arguments: [
            ("let a: Plan? = nil", "struct Plan {}", ["Plan"]),
            ("func f() -> [String: Plan] { [:] }", "package enum Plan {}", ["Plan"]),
            (
                #"let a = "one \(Plan.two) three""#, "enum Plan { static let two = 2 }",
                ["Plan", "two"]
            ),
            (##"let a = #"one \#(Plan())"#"##, "struct Plan {}", ["Plan"]),
            ("let a = \"\"\"\n  \"x\" \\(Plan())\n  \"\"\"", "struct Plan {}", ["Plan"]),
            ("extension Plan { func f() {} }", "struct Plan {}", ["Plan"]),
            ("let a = Plan.Step()", "extension Plan { struct Step {} }", ["Step"]),
            (
                "extension Plan { func f(_ a: Step) {} }", "extension Plan { struct Step {} }",
                ["Step"]
            ),
            ("let a = b.isSteep", "extension Int { var isSteep: Bool { self > 9 } }", ["isSteep"]),
            ("let a: Kind = .steep", "extension Kind { static let steep = Kind() }", ["steep"]),
            ("let a: X = .flat(1)", "enum Ground { case steep, flat(Int), wet }", ["flat"]),
            ("let a = sorted(by: precedes)", "func precedes() {}", ["precedes"]),
            ("let a = limit", "package let limit = 3", ["limit"]),
            ("enum A { case one(Plan) }", "struct Plan {}", ["Plan"]),
            (
                "struct A { private(set) var a = b.seen }", "class B { private(set) var seen = 1 }",
                ["seen"]
            ),
        ])
    func found(_ text: String, _ other: String, _ names: [String]) {
        #expect(uses(text, of: other) == names)
    }

    @Test(
        "what only looks like a use is none",
        arguments: [
            ("// Plan\n/* Plan /* Plan */ Plan */", "struct Plan {}"),
            (#"let a = "Plan \n \\(Plan)""#, "struct Plan {}"),
            (##"let a = #"\(Plan) "Plan""#"##, "struct Plan {}"),
            ("let a = \"\"\"\n  Plan \"\n  \"\"\"", "struct Plan {}"),
            ("let a = b.contains(/Plan \"/)", "struct Plan {}"),
            ("private struct Plan {}; let a = Plan()", "struct Plan {}"),
            ("struct A<Plan: B> { let a: Plan }", "struct Plan {}"),
            ("struct A { enum Plan {}\n let a: Plan }", "struct Plan {}"),
            ("let a = Other.Plan()", "struct Plan {}"),
            ("let a = Plan()", "private struct Plan {}"),
            ("let a = b.steep", "private extension Int { var steep: Int { 1 } }"),
            ("let a = b.steep", "struct B { private var steep = 1 }"),
            ("let a = b.steep", "struct B { func f() { let steep = 1 } }"),
            (
                "struct A { var steep = 1\n func f(_ b: A) -> Int { b.steep } }",
                "struct B { var steep = 1 }"
            ),
            ("let a = b.map { $0 }", "struct B { func map() {} }"),
        ])
    func notFound(_ text: String, _ other: String) {
        #expect(uses(text, of: other) == [])
    }

    @Test("a member that two files declare says nothing, and another module's type neither")
    func ambiguous() {
        let graph = FolderGraph([
            file("M/A/User", "let a = b.steep; let c: Plan"),
            file("M/B/One", "struct One { var steep = 1 }"),
            file("N/B/Two", "struct Two { var steep = 1 }; struct Plan {}"),
        ])
        #expect(graph.edges.isEmpty)
    }

    @Test("a member whose name is used where nobody sees it is one of Swift's own, too")
    func borrowed() {
        let user = file("M/A/User", "let a = b.steep")
        let owner = file("M/B/One", "struct One { var steep = 1 }")
        let stranger = file("N/Stranger", "let a = b.steep")
        let guest = file("N/Guest", "import M\nlet a = b.steep")
        #expect(FolderGraph([user, owner]).edges.count == 1)
        #expect(FolderGraph([user, owner, guest]).edges.count == 1)
        #expect(FolderGraph([user, owner, stranger]).edges.isEmpty)
    }

    @Test("a planted cycle is named with the files and types that close it")
    func cycle() {
        let base = file("M/Base", "struct Base { let top: Top }")
        let low = file("M/Low/Low", "struct Low { let base: Base }")
        let top = file("M/Top/Top", "struct Top { let low: Low }")
        let deep = file("M/Top/Deep/Deep", "struct Deep { let top: Top }")
        let graph = FolderGraph([base, low, top, deep])
        let expected = """
            Sources/M, Sources/M/Low, Sources/M/Top reach each other:
              Sources/M → Sources/M/Top: Base.swift uses Top of Top.swift
              Sources/M/Low → Sources/M: Low.swift uses Base of Base.swift
              Sources/M/Top → Sources/M/Low: Top.swift uses Low of Low.swift
            """
        #expect(graph.cycles(in: ["M"]) == [expected])
        #expect(graph.cycles(in: ["N"]) == [])
        let mended = file("M/Base", "struct Base {}")
        #expect(FolderGraph([mended, low, top, deep]).cycles(in: ["M"]) == [])
    }

    @Test("a pure folder that uses one that is not is named; one that it may know is none")
    func impure() {
        let graph = FolderGraph([
            file("M/Pure/User", "struct User { let a: Plan, b: Clock, c: Step }"),
            file("M/Pure/Deep/Step", "struct Step {}"), file("M/Other/Plan", "struct Plan {}"),
            file("M/Time/Clock", "struct Clock { let user: User }"),
        ])
        let rules = ImportRules(modules: [Module("M", pureFolders: ["Pure": ["M/Time"]])])
        #expect(
            rules.faults(graph) == [
                "Sources/M/Pure/User.swift is pure and uses Plan of Sources/M/Other/Plan.swift, "
                    + "which is not"
            ])
    }

    @Test("a file and a type that nobody uses are named; where the program begins is none")
    func unused() {
        let found = UnusedSources.faults([
            file("M/Main", "@main struct Main { let a: Used }"),
            file("M/Used", "struct Used { var b = c.two }; struct Idle {}; func f() -> Used {}"),
            file("M/Member", "extension Int { var two: Int { 2 } }"),
            file("M/Alone", "struct Alone { let alone: Alone }"),
            file("M/Hidden", "private struct Hidden {}"),
        ])
        let faults = found.map { "\($0.path): \($0.fault)" }
        #expect(
            faults == [
                "Sources/M/Used.swift: nothing uses `Idle`",
                "Sources/M/Alone.swift: no other file uses what it declares",
                "Sources/M/Hidden.swift: no other file uses what it declares",
            ])
    }
}
