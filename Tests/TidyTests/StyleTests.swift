import Foundation
import Testing
import TestSupport

@Suite("The house style")
struct StyleTests {
    /// Written in pieces, so that this file does not find itself.
    static let forbidden = [
        "try" + "!", "as" + "!", "fatal" + "Error(", "precondition" + "Failure(", "TO" + "DO",
        "FIX" + "ME",
    ]

    @Test("nothing in the product aborts on outside input or is left open")
    func nothingForbidden() throws {
        for file in try Repository.files(below: "Sources", endings: [".swift"])
        where !file.path.hasPrefix("Sources/plumb-bench/") {
            for (number, line) in file.lines.enumerated() {
                for word in Self.forbidden where line.contains(word) {
                    Issue.record("\(file.path):\(number + 1): \(word)")
                }
            }
        }
    }

    /// Each reading would wrap the function once more, until a call of it overflows the stack.
    @Test("no lock keeps a function by itself: a Hook does")
    func noFunctionInALock() throws {
        let function = try Regex("Lock<[^=]*->")
        for file in try Repository.files(below: "Sources", endings: [".swift"])
            + Repository.files(below: "Tests", endings: [".swift"])
        {
            for (number, line) in file.lines.enumerated() where !line.isComment {
                #expect(!line.contains(function), "\(file.path):\(number + 1)")
            }
        }
    }

    @Test("nothing blocks the cooperative pool: the product has no task of its own")
    func noTasks() throws {
        for file in try Repository.files(below: "Sources", endings: [".swift"]) {
            for (number, line) in file.lines.enumerated() where !line.isComment {
                #expect(!line.contains("Task {"), "\(file.path):\(number + 1)")
                #expect(!line.contains("Task.detached"), "\(file.path):\(number + 1)")
            }
        }
    }

    @Test("lines fit in 100 columns, have no tab and no blank at their end")
    func lines() throws {
        let files =
            try Repository.files(below: "Sources", endings: [".swift"])
            + Repository.files(below: "Tests", endings: [".swift"])
        for file in files {
            var isInText = false
            for (number, line) in file.lines.enumerated() {
                let marks = line.components(separatedBy: "\"\"\"").count - 1
                // What a multi-line literal holds is data.
                if marks % 2 == 1 { isInText.toggle() }
                guard !isInText, marks == 0 else { continue }
                let place = "\(file.path):\(number + 1)"
                #expect(line.count <= 100 || line.contains("\""), "\(place): \(line.count) columns")
                #expect(!line.contains("\t"), "\(place): a tab")
                #expect(line.last != " ", "\(place): a blank at the end")
            }
        }
    }

    @Test("a child process of a test says what it dies of")
    func childProcesses() throws {
        let mark = "processExitsWith: "
        for file in try Repository.files(below: "Tests", endings: [".swift"])
        where !file.path.hasSuffix("TidyTests/StyleTests.swift") {
            for (number, line) in file.lines.enumerated() where line.contains(mark) {
                let body = file.lines[number..<min(number + 10, file.lines.count)]
                #expect(
                    body.contains { $0.contains("ChildProcess.run") }, "\(file.path):\(number + 1)")
            }
        }
    }

    @Test("no file has grown two ideas: 500 lines at most")
    func fileLength() throws {
        for file in try Repository.files(below: "Sources", endings: [".swift"]) {
            #expect(file.lines.count <= 500, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("every declaration of a module that others see says what it is")
    func documented() throws {
        var undocumented: [String] = []
        var count = 0
        for file in try Repository.files(below: "Sources", endings: [".swift"]) {
            let lines = file.lines
            for (number, line) in lines.enumerated() {
                let text = line.drop { $0 == " " }
                let kinds = ["struct", "enum", "class", "final class", "protocol"]
                guard kinds.contains(where: { text.hasPrefix("package \($0) ") }) else { continue }
                count += 1
                var above = number - 1
                while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") {
                    above -= 1
                }
                guard above >= 0, lines[above].isComment else {
                    undocumented.append("\(file.path):\(number + 1): \(text)")
                    continue
                }
            }
        }
        // Nested kinds and codes often speak for themselves; types of their own do not.
        let share = Double(undocumented.count) / Double(max(1, count))
        #expect(
            share < 0.2,
            "\(undocumented.count) of \(count):\n\(undocumented.joined(separator: "\n"))")
    }

    @Test("the project speaks of itself alone: no machine's paths, no registry's host")
    func noMachinePaths() throws {
        let words = [
            "\"/wor" + "k/", " /wor" + "k/", "/far" + "m/", "deb.debian" + ".org", "pypi" + ".org",
        ]
        let endings = [".swift", ".md", ".sh", ".yaml", ".json", ".c", "Makefile", "run"]
        let files = try Repository.files(below: ".", endings: endings)
        for file in files {
            for (number, line) in file.lines.enumerated() {
                for word in words {
                    #expect(!line.contains(word), "\(file.path):\(number + 1): \(word)")
                }
            }
        }
    }
}
