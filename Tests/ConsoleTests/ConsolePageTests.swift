import Basics
import Foundation
import HTTP
import Model
import TestSupport
import Testing

@testable import Console

/// The files of the page, as browsers get them; what they do is in `ConsoleStoryTests`.
@Suite struct ConsolePageTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources").standardizedFileURL

    private static func files() throws -> [String: String] {
        var found: [String: String] = [:]
        for folder in ["Console/Page/Files", "Views/Page/Files"] {
            let place = sources.appending(path: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
                found[name] = try String(contentsOf: place.appending(path: name), encoding: .utf8)
            }
        }
        return found
    }

    private func get(
        _ path: [String], headers: [String: String] = [:]
    ) throws -> (response: HTTPResponse, text: String, headers: [String: String]) {
        let file = try #require(ConsolePage.file(at: path), "\(path)")
        let response = file.response(ifNot: headers["if-none-match"])
        guard case .bytes(let bytes) = response.body else {
            throw TestSupportError("\(path) is a stream")
        }
        let headers = Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 }
        return (response, String(decoding: bytes, as: UTF8.self), headers)
    }

    @Test func everyFileOfTheFoldersIsInTheProgram() throws {
        let files = try Self.files()
        #expect(files.count > 15)
        #expect(ConsolePage.all.mapValues { String(decoding: $0.bytes, as: UTF8.self) } == files)
        for name in files.keys where !["console.html", "favicon.svg"].contains(name) {
            #expect(try get(["console", name]).text == files[name])
        }
        #expect(try get([]).text == files["console.html"])
        #expect(try get(["favicon.svg"]).text == files["favicon.svg"])
        let others = [
            ["console"], ["console.html"], ["console", "console.html", ""], ["console", ".."],
            ["console", "../Package.swift"], ["main.js"], ["console", ""],
        ]
        for path in others { #expect(ConsolePage.file(at: path) == nil, "\(path)") }
    }

    @Test("attack: the page runs its own files alone, whatever it is made to show")
    func onlyItsOwnFilesAreRun() throws {
        let policy = try #require(try get([]).headers["Content-Security-Policy"])
        let rules = policy.components(separatedBy: "; ")
        for rule in [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
            "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            #expect(rules.contains(rule), "\(rule)")
        }
        #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"))
        for (name, text) in try Self.files() {
            // An address of anything else would be asked by whoever opens the page.
            let addresses = text.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!addresses.contains("http:") && !addresses.contains("https:"), "\(name)")
            let words =
                name.hasSuffix(".html")
                ? ["<script>", "<style", " style=", " on", "javascript:"]
                : [
                    "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                    "new Function", "DOMParser", "createContextualFragment", "srcdoc",
                    "setHTMLUnsafe", "localStorage", "document.cookie",
                ]
            for word in words { #expect(!text.contains(word), "\(name): \(word)") }
        }
    }

    @Test func whatAFileImportsIsThere() throws {
        let files = try Self.files()
        var count = 0
        for (name, text) in files where name.hasSuffix(".js") {
            for match in text.matches(of: /from "\.\/([a-z]+\.js)"/) {
                count += 1
                #expect(files[String(match.1)] != nil, "\(name): \(match.1)")
            }
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(name)")
        }
        #expect(count > 20)
    }

    @Test func aBrowserThatHasAFileIsToldSo() throws {
        let first = try get(["console", "main.js"])
        let tag = try #require(first.headers["ETag"])
        #expect(first.headers["Cache-Control"] == "no-cache")
        for known in [tag, "W/\(tag)", "\"other\", \(tag)"] {
            let again = try get(["console", "main.js"], headers: ["if-none-match": known])
            #expect(again.response.status == 304 && again.text.isEmpty, "\(known)")
        }
        for known in ["\"other\"", "", "*x", String(tag.dropLast())] {
            let again = try get(["console", "main.js"], headers: ["if-none-match": known])
            #expect(again.response.status == 200 && again.text == first.text, "\(known)")
        }
        #expect(try get(["console", "dom.js"]).headers["ETag"] != tag)
    }

    @Test(arguments: [
        ("console.css", "text/css"), ("main.js", "text/javascript"), ("plumb.css", "text/css"),
    ])
    func eachHasItsType(_ name: String, _ type: String) throws {
        #expect(try get(["console", name]).headers["Content-Type"] == "\(type); charset=utf-8")
    }
}
