import Foundation

/// A Chromium without a window, driven by `scripts/browser.py`; it ends with the last reference.
package final class Browser {
    private let process: pid_t
    private let writing: Int32
    private let reading: Int32
    private var rest: [UInt8] = []
    private let files: TemporaryFolder

    package init() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/browser.py").standardizedFileURL.path
        files = try TemporaryFolder()
        let (toBrowser, fromBrowser) = (try Shell.pipe(), try Shell.pipe())
        (writing, reading) = (toBrowser.writing, fromBrowser.reading)
        process = try Shell.spawn(
            "python3", [script], environment: ["HOME": files.path],
            descriptors: [(2, files.path + "/err", O_WRONLY | O_CREAT)],
            duplicates: [(toBrowser.reading, 0), (fromBrowser.writing, 1)])
        close(toBrowser.reading)
        close(fromBrowser.writing)
    }

    deinit {
        // The end of its input is the end of the browser.
        close(writing)
        close(reading)
        Shell.wait(for: process)
    }

    /// Has something done, as the script's head says; throws where it cannot be.
    @discardableResult
    package func callAsFunction(_ what: String, _ given: [String: Any] = [:]) throws -> Any? {
        let asked = given.merging(["do": what]) { $1 }
        var line = Array(try JSONSerialization.data(withJSONObject: asked)) + [10]
        while !line.isEmpty {
            let count = write(writing, line, line.count)
            guard count > 0 else { throw ended() }
            line.removeFirst(count)
        }
        let answer = try JSONSerialization.jsonObject(with: Data(try answerLine()))
        let members = answer as? [String: Any] ?? [:]
        if let error = members["error"] { throw TestSupportError("browser, \(what): \(error)") }
        return members["value"].flatMap { $0 is NSNull ? nil : $0 }
    }

    /// Opens a page of the loopback interface.
    package func open(
        port: UInt16, _ path: String = "/", width: Int = 1_280, height: Int = 800,
        scheme: String = "light"
    ) throws {
        try self(
            "open",
            [
                "url": "http://127.0.0.1:\(port)\(path)", "width": width, "height": height,
                "scheme": scheme,
            ])
    }

    /// Waits until an expression of JavaScript is true.
    @discardableResult
    package func wait(_ expression: String, seconds: Int = 30) throws -> Any? {
        try self("wait", ["for": expression, "seconds": seconds])
    }

    /// Waits until the page shows a text.
    package func shows(_ text: String, in element: String = "body") throws {
        let (text, element) = (try Self.literal(text), try Self.literal(element))
        try wait("document.querySelector(\(element))?.innerText.includes(\(text))")
    }

    /// Clicks at an element once it is there.
    package func click(_ element: String) throws { try once(element, "click") }

    /// Goes to an element once it is there.
    package func focus(_ element: String) throws { try once(element, "focus") }

    private func once(_ element: String, _ what: String) throws {
        let element = try Self.literal(element)
        try wait("((one) => one && (one.\(what)(), true))(document.querySelector(\(element)))")
    }

    @discardableResult
    package func evaluate(_ expression: String) throws -> Any? {
        try self("evaluate", ["what": expression])
    }

    package func keys(_ keys: String...) throws { try self("keys", ["keys": keys]) }

    package func type(_ text: String) throws { try self("type", ["text": text]) }

    /// Presses the button or follows the link with this text, once it is there.
    package func press(_ text: String, in element: String = "body") throws {
        let (text, element) = (try Self.literal(text), try Self.literal(element))
        try wait(
            """
            (() => {
              const all = document.querySelectorAll(`${\(element)} button, ${\(element)} a`);
              const found = [...all].find((one) => one.innerText.trim().startsWith(\(text)));
              found?.click();
              return Boolean(found);
            })()
            """)
    }

    /// What the page complained of, and which addresses it asked of others than `port`.
    package func faults(port: UInt16) throws -> [String] {
        let all = try self("faults") as? [String] ?? []
        return all.filter {
            !$0.hasPrefix("asked: http://127.0.0.1:\(port)/") && $0 != "asked: about:blank"
        }
    }

    private static func literal(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }

    private func answerLine() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = rest.firstIndex(of: 10) {
                let line = Array(rest[..<end])
                rest.removeFirst(end + 1)
                return line
            }
            let count = read(reading, &buffer, buffer.count)
            guard count > 0 else { throw ended() }
            rest += buffer[..<count]
        }
    }

    private func ended() -> TestSupportError {
        let said = try? String(contentsOfFile: files.path + "/err", encoding: .utf8)
        return TestSupportError("the browser has ended: \(said ?? "")")
    }
}
