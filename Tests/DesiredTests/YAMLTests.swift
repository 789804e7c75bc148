import Schema
import Testing

@testable import Desired

@Suite struct YAMLTests {
    /// A tree as text, with the line and column of every node.
    private func outline(_ node: YAMLNode) -> String {
        let place = "@\(node.location.line):\(node.location.column)"
        switch node.content {
        case .scalar(let scalar): return "\(scalar.value)\(place)"
        case .sequence(let items): return "[" + items.map(outline).joined(separator: " ") + "]"
        case .mapping(let entries):
            return "{"
                + entries.map {
                    "\($0.key)@\($0.keyLocation.line):\($0.keyLocation.column)=\(outline($0.value))"
                }.joined(separator: " ") + "}"
        }
    }

    private func read(
        _ text: String, limits: YAMLReader.Limits = .init()
    ) -> (YAMLNode?, [String]) {
        let diagnostics = DiagnosticList()
        let node = YAMLReader.read(
            Array(text.utf8), file: "f.yaml", limits: limits, into: diagnostics)
        return (node, diagnostics.all.map(\.description))
    }

    @Test func everyNodeKnowsItsPlace() {
        let (node, faults) = read("a: 1\nb:\n  - 'x'\n  - {c: true}\n")
        #expect(faults.isEmpty)
        #expect(
            node.map(outline)
                == "{a@1:1=integer(1)@1:4 b@2:1=[string(\"x\")@3:5 {c@4:6=boolean(true)@4:9}]}")
    }

    @Test func columnsCountBytes() {
        let (node, _) = read("é: {ü€: x}\n")
        #expect(node.map(outline) == "{é@1:1={ü€@1:6=string(\"x\")@1:13}}")
    }

    @Test(arguments: [
        ("yes", YAMLValue.string("yes")), ("no", .string("no")), ("on", .string("on")),
        ("true", .boolean(true)), ("False", .boolean(false)), ("tRUE", .string("tRUE")),
        ("~", .null), ("null", .null), ("", .null), ("nil", .string("nil")),
        ("0", .integer(0)), ("-40", .integer(-40)), ("+7", .integer(7)), ("007", .integer(7)),
        ("0x1F", .integer(31)), ("0o17", .integer(15)), ("0x-1", .string("0x-1")),
        ("1e3", .number(1000)), ("1.5", .number(1.5)), (".5", .number(0.5)), ("1.", .number(1)),
        ("1_000", .string("1_000")), ("0x1p3", .string("0x1p3")), ("infinity", .string("infinity")),
        ("-.inf", .number(-.infinity)), ("nan", .string("nan")), ("1e", .string("1e")),
        ("12:30", .string("12:30")), ("2026-01-01", .string("2026-01-01")),
    ])
    func plainScalarsFollowTheCoreSchema(text: String, value: YAMLValue) {
        #expect(YAMLValue(plain: text) == value)
    }

    @Test func quotesMakeStrings() {
        let (node, _) = read("[\"1\", 'true', !!str 5, !!int 6]")
        #expect(
            node.map(outline)
                == "[string(\"1\")@1:2 string(\"true\")@1:7 string(\"5\")@1:15 integer(6)@1:24]")
    }

    @Test(arguments: [
        (
            "a: 1\na: 2\n",
            "f.yaml:2:1: error: the key `a` is here for the second time; the first is at "
                + "f.yaml:1:1 [duplicate-key]; keep one of the two"
        ),
        (
            "a: {<<: 1}\n",
            "f.yaml:1:5: error: merge keys (`<<`) are not part of YAML 1.2 and are refused "
                + "[invalid-yaml]; write the merged keys out"
        ),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2:1: error: the file has a second document [invalid-yaml]; "
                + "keep one document in the file and remove the line `---`"
        ),
        (
            "a: &x [1, *x]\n",
            "f.yaml:1:11: error: an alias stands inside its own anchor [invalid-yaml]; "
                + "write the value out"
        ),
        (
            "a: *x\n",
            "f.yaml:1:4: error: an alias has no anchor before it [invalid-yaml]; "
                + "define it with `&`, or put quotes around a value that begins with `*`"
        ),
        (
            "a: !!python/object x\n",
            "f.yaml:1:4: error: a tag does not fit here; only the core tags are read "
                + "[invalid-yaml]; remove the tag, or put quotes around a value that begins "
                + "with `!`"
        ),
        (
            "a: !!int x\n",
            "f.yaml:1:4: error: a tag does not fit here; only the core tags are read "
                + "[invalid-yaml]; remove the tag, or put quotes around a value that begins "
                + "with `!`"
        ),
        (
            "? [a]\n: 1\n",
            "f.yaml:1:3: error: a key must be plain text, not a list, a mapping or an alias "
                + "[invalid-yaml]; write the key as text"
        ),
        (
            "",
            "f.yaml:1:1: error: the file has no content [invalid-yaml]; write the document"
        ),
        (
            "# only a comment\n",
            "f.yaml:1:1: error: the file has no content [invalid-yaml]; write the document"
        ),
        (
            "a: [1, 2\n",
            "f.yaml:2:1: error: the file is not YAML: while parsing a flow sequence: "
                + "did not find expected ',' or ']' [invalid-yaml]; "
                + "correct the syntax at this place"
        ),
        (
            "a: 1\nb: \u{1}\n",
            "f.yaml:2:4: error: the file is not YAML: control characters are not allowed "
                + "[invalid-yaml]; correct the syntax at this place"
        ),
    ])
    func badTextIsReportedAtItsPlace(text: String, fault: String) {
        #expect(read(text).1 == [fault])
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let diagnostics = DiagnosticList()
        let node = YAMLReader.read([0x61, 0xFF], file: "f.yaml", into: diagnostics)
        #expect(node == nil)
        #expect(diagnostics.all.map(\.message) == ["f.yaml is not UTF-8"])
    }

    @Test func aByteOrderMarkIsSkipped() {
        let (node, faults) = read("\u{FEFF}a: 1")
        #expect(faults.isEmpty)
        #expect(node.map(outline) == "{a@1:1=integer(1)@1:4}")
    }

    @Test func aliasesAreExpanded() {
        let (node, faults) = read("a: &x {b: 1}\nc: *x\n")
        #expect(faults.isEmpty)
        #expect(
            node.map(outline) == "{a@1:1={b@1:8=integer(1)@1:11} c@2:1={b@1:8=integer(1)@1:11}}")
    }

    @Test func everyLimitIsKept() {
        let bomb = (1...9).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x]\n") { text, level in
            let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            return text + "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(
            read(bomb).1.map { String($0.prefix(50)) } == [
                "f.yaml:6:15: error: the file has more than 200000 "
            ])
        let deep = String(repeating: "[", count: 51) + String(repeating: "]", count: 51)
        #expect(
            read(deep).1 == [
                "f.yaml:1:51: error: the file is nested deeper than 50 levels [limit-exceeded]; nest less"
            ])
        #expect(read(String(deep.dropFirst().dropLast())).1.isEmpty)
        let (open, close) = (String(repeating: "[", count: 30), String(repeating: "]", count: 30))
        func outer(_ core: String) -> String { "- &x \(open)\(close)\n- \(open)\(core)\(close)" }
        #expect(read(outer("1")).1.isEmpty)
        #expect(
            read(outer("*x")).1 == [
                "f.yaml:2:33: error: the file is nested deeper than 50 levels [limit-exceeded]; "
                    + "nest less"
            ])
        let aliases = "- &x 1\n" + String(repeating: "- *x\n", count: 101)
        #expect(
            read(aliases).1 == [
                "f.yaml:102:3: error: the file has more than 100 aliases [limit-exceeded]; "
                    + "write the values out"
            ])
        #expect(read(String(aliases.dropLast(5))).1.isEmpty)
        var small = YAMLReader.Limits()
        small.bytes = 4
        #expect(read("a: 1").1.isEmpty)
        #expect(
            read("a: 12", limits: small).1 == [
                "f.yaml:1:1: error: f.yaml has 5 bytes, and 4 is the most it may have "
                    + "[limit-exceeded]; describe shards by pattern or discovery, not one by one"
            ])
    }
}
