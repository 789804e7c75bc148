import TestSupport
import Testing

@Suite("The options of the command line")
struct OptionTests {
    /// One that is taken and does nothing lets somebody believe that another file is used.
    @Test("each option is read somewhere")
    func eachIsRead() throws {
        let table = "Sources/plumb/Line/Option.swift"
        let others = try Repository.files(below: "Sources/plumb", endings: [".swift"])
            .filter { $0.path != table }.map(\.text).joined()
        let declared = try Repository.text(table)
            .matches(of: /static let (\w+) = Option\(\s*name: "([a-z-]+)"/)
            .map { (declaration: String($0.output.1), name: String($0.output.2)) }
        #expect(declared.count > 40)
        let read = Set(
            declared.filter {
                others.contains("(.\($0.declaration),") || others.contains("(.\($0.declaration))")
            }
            .map(\.name))
        #expect(Set(declared.map(\.name)).subtracting(read).sorted() == [])
    }
}
