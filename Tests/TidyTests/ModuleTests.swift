import Foundation
import Testing
import TestSupport

@Suite("Imports point one way")
struct ModuleTests {
    private static func imports(_ file: Repository.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count
            else { return nil }
            return words[place + 1].split(separator: ".").first.map(String.init)
        }
    }

    @Test("no module imports one after it, another's C library, or what a pure one may not know")
    func imports() throws {
        let rules = ImportRules(modules: Product.modules)
        let files = try Repository.files(below: "Sources", endings: [".swift"])
        #expect(files.count > 100)
        let faults = files.flatMap {
            rules.faults(path: $0.path, imports: Self.imports($0))
        }
        #expect(faults == [])
        #expect(
            Set(files.map { FolderGraph.module(of: $0.path) }) == Set(Product.modules.map(\.name)))
    }

    @Test("what an import may not be is said")
    func planted() {
        let rules = ImportRules(modules: Product.modules)
        func faults(_ module: String, _ name: String) -> [String] {
            rules.faults(path: "Sources/\(module)/Some.swift", imports: ["Foundation", name])
        }
        for (module, name) in [
            ("Schema", "Diff"), ("Schema", "Schema"), ("Desired", "CGit2"), ("Schema", "CCrypto"),
            ("Diff", "Execution"), ("Views", "MySQLClient"), ("Views", "Observed"),
            ("Views", "Ledger"), ("Views", "Git"), ("Views", "Desired"), ("Views", "Execution"),
            ("Git", "CUnheard"), ("Store", "CZlib"),
            ("Unheard", "Schema"),
        ] {
            #expect(faults(module, name).count == 1, "\(module) imports \(name)")
        }
        let machine = "Sources/Reconciler/Rollout/Machine/Some.swift"
        #expect(rules.faults(path: machine, imports: ["Ledger"]).count == 1)
        #expect(rules.faults(path: machine, imports: ["Schema", "Model"]) == [])
        for (module, name) in [
            ("Diff", "Schema"), ("Git", "CGit2"), ("Views", "Reports"), ("Desired", "Git"),
            ("Git", "CZlib"), ("Binlog", "CZlib"),
        ] {
            #expect(faults(module, name) == [], "\(module) imports \(name)")
        }
    }

    @Test("Package.swift declares the modules in their order, and no dependency that points back")
    func package() throws {
        let text = try Repository.text("Package.swift")
        let rules = ImportRules(modules: Product.modules)
        var declared: [String] = []
        for part in text.components(separatedBy: "module(").dropFirst() {
            let names = part.prefix { $0 != ")" }
                .split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            guard let own = names.first else { continue }
            declared.append(own)
            #expect(
                rules.faults(path: "Sources/\(own)/", imports: Array(names.dropFirst())) == [])
        }
        #expect(declared == Product.modules.map(\.name).filter { !$0.hasPrefix("plumb") })
    }

    @Test("pure modules stay pure: no clock, no files, no processes, no concurrency")
    func purity() throws {
        let words = [
            "FileManager", "ProcessInfo", "Date()", "Thread", "async ", "await ", "URLSession",
            "getenv", "usleep",
        ]
        for file in try Repository.files(below: "Sources", endings: [".swift"])
        where Product.modules.contains(where: {
            $0.name == FolderGraph.module(of: file.path) && $0.knows(file.path) != nil
        }) {
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
