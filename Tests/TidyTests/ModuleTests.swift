import Foundation
import Testing
import TestSupport

@Suite("Imports point one way")
struct ModuleTests {
    /// The product's modules, in the order of the package: each may import those before it.
    static let order = [
        "Basics", "Execution", "Crypto", "Schema", "Signatures", "Diff", "Model", "Git", "Desired",
        "Lint",
        "MySQLClient", "Observed", "Ledger", "Reports", "Reconciler", "Import", "Doctor",
        "Views", "plumb",
    ]
    static let libraries: [String: Set<String>] = [
        "CCrypto": ["Crypto"], "CGit2": ["Git"], "CZlib": ["Git"],
        "CYAML": ["Desired"],
        "CMySQL": ["MySQLClient"], "CLinux": ["Signatures"],
    ]
    /// Modules without a clock, without I/O, and without threads.
    static let pure: Set<String> = [
        "Basics", "Crypto", "Schema", "Diff", "Model", "Reports", "Views",
    ]

    private static func module(of path: String) -> String {
        String(path.split(separator: "/")[1])
    }

    private static func imports(_ file: Repository.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count
            else { return nil }
            return words[place + 1].split(separator: ".").first.map(String.init)
        }
    }

    @Test("no module imports one that stands after it")
    func noBackEdge() throws {
        let files = try Repository.files(below: "Sources", endings: [".swift"])
        #expect(files.count > 100)
        for file in files {
            let own = Self.module(of: file.path)
            guard let place = Self.order.firstIndex(of: own) else {
                #expect(own == "plumb-bench", "\(file.path): a module that is not in the order")
                continue
            }
            for name in Self.imports(file) {
                guard let other = Self.order.firstIndex(of: name) else { continue }
                #expect(other < place, "\(file.path) imports \(name)")
            }
        }
    }

    @Test("Package.swift declares no dependency that points back")
    func packageHasNoBackEdge() throws {
        let text = try Repository.text("Package.swift")
        for line in text.split(separator: "\n") where line.contains("module(\"") {
            let names = line.split(separator: "\"").enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            guard let own = names.first, let place = Self.order.firstIndex(of: own) else {
                continue
            }
            for name in names.dropFirst() {
                guard let other = Self.order.firstIndex(of: name) else { continue }
                #expect(other < place, "\(own) depends on \(name)")
            }
        }
    }

    @Test("each C library has the importers that own it, and no others")
    func libraries() throws {
        for file in try Repository.files(below: "Sources", endings: [".swift"]) {
            for name in Self.imports(file) {
                guard let owners = Self.libraries[name] else { continue }
                let own = Self.module(of: file.path)
                #expect(owners.contains(own), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("pure modules stay pure: no clock, no files, no processes, no concurrency")
    func purity() throws {
        let words = [
            "FileManager", "ProcessInfo", "Date()", "Thread", "async ", "await ", "URLSession",
            "getenv", "usleep",
        ]
        for file in try Repository.files(below: "Sources", endings: [".swift"])
        where Self.pure.contains(Self.module(of: file.path)) {
            for (number, line) in file.lines.enumerated() where !line.isComment {
                for word in words {
                    #expect(!line.contains(word), "\(file.path):\(number + 1): \(word)")
                }
            }
        }
    }
}

extension Substring {
    var isComment: Bool {
        drop { $0 == " " }.hasPrefix("//")
    }
}
